// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isRegistryEvent } from '@stepseal/core/format';
import { EVENTS, type Severity, severityOf } from '@stepseal/core/semconv';
import * as field from './fields.ts';

/** An event of the registry, ready to be compared and written. */
export interface KnownEvent {
  /** With the quotation mark behind it. */
  readonly name: Buffer;
  readonly text: string;
  /** Fields of its severity; undefined where that depends on what the event says. */
  readonly severity: Buffer | undefined;
}

/** The events that were seen: no more than the registry has. */
export class KnownEvents {
  readonly #events = new Map<string, KnownEvent>();

  find(text: string): KnownEvent | undefined {
    let event = this.#events.get(text);
    if (event === undefined && isRegistryEvent(text)) {
      const rules = Object.entries(EVENTS).find(([name]) => name === text)?.[1].severityRules;
      const severity = rules === undefined || rules.length > 0 ? undefined : severityFields(text);
      event = { name: Buffer.from(`${text}"`), text, severity };
      this.#events.set(text, event);
    }
    return event;
  }
}

const FIELDS = new Map<Severity, Buffer>();

/** `severity_number` and `severity_text` of an event that says this. */
export function severityFields(event: string, outcome?: string, result?: string, met?: boolean): Buffer {
  const severity = severityOf(event, outcome, result, met);
  let fields = FIELDS.get(severity);
  if (fields === undefined) {
    const text = Buffer.from(severity.text);
    const tags = [field.RECORD_SEVERITY_NUMBER, severity.number, field.RECORD_SEVERITY_TEXT, text.length];
    fields = Buffer.concat([Buffer.from(tags), text]);
    FIELDS.set(severity, fields);
  }
  return fields;
}
