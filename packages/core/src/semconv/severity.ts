// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENTS } from './generated/events.ts';
import type { EventDefinition, SeverityText } from './registry-types.ts';

/** Severity of a record: OpenTelemetry's number and text. */
export interface Severity {
  readonly number: number;
  readonly text: SeverityText;
}

const SEVERITIES: Readonly<Record<SeverityText, Severity>> = {
  INFO: Object.freeze({ number: 9, text: 'INFO' }),
  WARN: Object.freeze({ number: 13, text: 'WARN' }),
  ERROR: Object.freeze({ number: 17, text: 'ERROR' }),
};

const definitions: ReadonlyMap<string, EventDefinition> = new Map(Object.entries(EVENTS));

/**
 * Severity of a record. It is not sealed: it follows from sealed content by this function alone, so that an exported
 * severity can be checked. Events outside the registry are INFO.
 *
 * @param eventName Name of the event.
 * @param outcome Value of `step_up.outcome`.
 * @param accessResult Value of `step_up.access.result`.
 * @param requirementMet Value of `step_up.requirement_met`.
 */
export function severityOf(
  eventName: string,
  outcome?: unknown,
  accessResult?: unknown,
  requirementMet?: unknown,
): Severity {
  const definition = definitions.get(eventName);
  if (definition === undefined) return SEVERITIES.INFO;
  if (definition.severityRules.length === 0) return SEVERITIES[definition.severity];
  const actual: Readonly<Record<string, unknown>> = {
    'step_up.outcome': outcome,
    'step_up.access.result': accessResult,
    'step_up.requirement_met': requirementMet,
  };
  for (const { when, severity } of definition.severityRules) {
    let holds = true;
    for (const name in when) holds &&= actual[name] === when[name];
    if (holds) return SEVERITIES[severity];
  }
  return SEVERITIES[definition.severity];
}
