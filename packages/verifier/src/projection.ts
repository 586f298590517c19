// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isRegistryEvent, type Payload } from '@stepseal/core/format';
import { ATTRIBUTES, severityOf } from '@stepseal/core/semconv';

/** Names that nobody but the writer may add to a record; what is outside P is the writer's own. */
export const RESERVED: RegExp = /^(?:step_up|audit|stepseal)\./;
/** Attributes that delivery adds; they are not in P. */
export const OUTSIDE = 'audit.integrity.';
export const HASH = 'audit.integrity.hash';

const MAX_SEVERITY = 24n;

/** What an exported record says of its severity: 0 and an empty text where nothing is said. */
export function exportedSeverity({ eventName, attributes }: Payload): {
  readonly number: number;
  readonly text: string;
} {
  const value = (name: string): unknown => attributes.get(name)?.value;
  if (eventName !== undefined && isRegistryEvent(eventName)) {
    return severityOf(
      eventName,
      value('step_up.outcome'),
      value('step_up.access.result'),
      value('step_up.requirement_met'),
    );
  }
  const number = value('stepseal.foreign.severity_number');
  const text = value('stepseal.foreign.severity_text');
  const named = typeof number === 'bigint' && number >= 1n && number <= MAX_SEVERITY;
  return { number: named ? Number(number) : 0, text: typeof text === 'string' ? text : '' };
}

const INTEGRITY: ReadonlySet<string> = new Set(
  ['canonicalization', 'hash', 'note', 'payload', 'seal', 'signer', 'value'].map((name) => OUTSIDE + name),
);

/** An attribute's name as findings may show it. Other names are their writers' words. */
export function shownName(key: string): string {
  return Object.hasOwn(ATTRIBUTES, key) || INTEGRITY.has(key) ? key : 'attributes';
}
