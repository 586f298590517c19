// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { RegistryAttributes } from '@stepseal/core/semconv';

/** Recorded by opt-in only, and then in sealed records alone. */
const IN_CLEAR: ReadonlySet<string> = new Set(['client.address', 'user.id', 'user_agent.original']);

/** What two records of one step-up say alike: whose it is, where it came from, and what it is about. */
const SHARED: ReadonlySet<string> = new Set([
  'audit.actor.id',
  'audit.actor.type',
  'audit.source.id',
  'audit.source.type',
  'audit.target.id',
  'audit.target.type',
  'geo.country.iso_code',
  'geo.locality.name',
  'http.request.method',
  'http.route',
  'session.id',
  'session.previous_id',
  'step_up.acr.requested',
  'step_up.action.name',
  'step_up.client.hash',
  'step_up.client.prefix',
  'step_up.correlation',
  'step_up.device.hash',
  'step_up.device.known',
  'step_up.id',
  'step_up.max_age_s',
  'step_up.method',
  'step_up.session.started_at',
  'step_up.source.layer',
  'user.hash',
  'user_agent.name',
]);

/** The attributes of a record as they may lie in a file beside the trail: hashes in the place of ids in clear. */
export function withoutClear(attributes: RegistryAttributes): RegistryAttributes {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && !IN_CLEAR.has(name)) kept[name] = value;
  }
  kept['audit.actor.id'] = attributes['user.hash'] ?? 'unknown';
  if (attributes['client.address'] !== undefined) {
    delete kept['audit.source.id'];
    delete kept['audit.source.type'];
  }
  return kept as RegistryAttributes;
}

/** Of those, what the end of the same step-up says again. */
export function aboutSubject(attributes: RegistryAttributes): RegistryAttributes {
  return Object.fromEntries(
    Object.entries(withoutClear(attributes)).filter(([name]) => SHARED.has(name)),
  ) as RegistryAttributes;
}
