// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';
import { ATTRIBUTES, EVENTS } from '@stepseal/core/semconv';
import type { Disclosure } from './events.ts';

/**
 * Hex SHA-256 of what redaction lets through: each event's attributes with their types, and what was opted in. It stands
 * in every stream's open record, so that a loosened policy shows.
 */
export function redactionHash(disclosure: Disclosure): string {
  const types = new Map(Object.entries(ATTRIBUTES).map(([name, { type }]) => [name, type]));
  const events = Object.entries(EVENTS).map(([name, { attributes }]) => [
    name,
    Object.keys(attributes).map((attribute) => [attribute, types.get(attribute)]),
  ]);
  return hash('sha256', JSON.stringify({ events, ...disclosure }));
}
