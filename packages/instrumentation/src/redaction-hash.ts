// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';
import { ATTRIBUTES, EVENTS } from '@stepseal/core/semconv';
import type { StepUpInstrumentationConfig } from './types.ts';

/**
 * Hex SHA-256 of what redaction lets through: each event's attributes with their types, what was opted in, and where that
 * is taken from. A town that comes from elsewhere may be a street. It stands in every stream's open record, so that a
 * loosened policy shows.
 */
export function redactionHash({ identity, client }: Pick<StepUpInstrumentationConfig, 'identity' | 'client'>): string {
  const types = new Map(Object.entries(ATTRIBUTES).map(([name, { type }]) => [name, type]));
  const events = Object.entries(EVENTS).map(([name, { attributes }]) => [
    name,
    Object.keys(attributes).map((attribute) => [attribute, types.get(attribute)]),
  ]);
  const policy = {
    events,
    userIdInClear: identity?.userIdInClear ?? false,
    fullClientAddress: client?.fullAddress ?? false,
    user: identity?.user ?? [],
    sessionStartedAt: identity?.sessionStartedAt ?? [],
    device: identity?.device ?? [],
    deviceKnown: identity?.deviceKnown ?? [],
    country: client?.country ?? [],
    locality: client?.locality ?? [],
  };
  return hash('sha256', JSON.stringify(policy));
}
