// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENTS, type EventDefinition, type RegistryAttributes, validateEvent } from '@stepseal/core/semconv';

export interface CheckedTold {
  /** What may be recorded; absent where something is missing without which the record would mean nothing. */
  readonly attributes: RegistryAttributes | undefined;
  /** What was wrong, one phrase each, without any value. */
  readonly faults: readonly string[];
}

const events: ReadonlyMap<string, EventDefinition> = new Map(Object.entries(EVENTS));

/**
 * Puts what a call states over what is known without it, as far as the registry lets it. A value that it does not allow
 * is left out, and with it the whole record where the event requires it.
 */
export function checkTold(
  eventName: string,
  known: RegistryAttributes,
  told: Readonly<Record<string, unknown>>,
): CheckedTold {
  const definition = events.get(eventName);
  const attributes: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(told)) if (value !== undefined) attributes[name] = value;
  // What is known of a request is more than some events carry, a review say; the call itself has but what fits.
  for (const name of Object.keys(attributes)) if (definition?.attributes[name] === undefined) delete attributes[name];
  const faults: string[] = [];
  let whole = true;
  for (const { attribute, rule, message } of validateEvent(eventName, attributes)) {
    // The encoder mends what capture found out by itself, as everywhere.
    if (rule !== 'missing' && told[attribute] === undefined) continue;
    faults.push(message);
    delete attributes[attribute];
    if (definition?.attributes[attribute] === 'required') whole = false;
  }
  return { attributes: whole ? (attributes as RegistryAttributes) : undefined, faults };
}
