// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isWellFormed } from '../format/json-text.ts';
import { ATTRIBUTES } from './generated/attributes.ts';
import { EVENTS } from './generated/events.ts';
import type { AttributeDefinition, EventDefinition } from './registry-types.ts';

/** Rule an attribute breaks. `prefix`: the name is a dotted prefix of another one of the same record. */
export type ViolationRule =
  | 'unknown_event'
  | 'missing'
  | 'unknown'
  | 'set_by_encoder'
  | 'type'
  | 'empty'
  | 'too_long'
  | 'too_many'
  | 'not_in_enum'
  | 'not_integer'
  | 'out_of_range'
  | 'not_well_formed'
  | 'prefix';

export interface Violation {
  /** Name of the attribute, or of the event with rule `unknown_event`. */
  readonly attribute: string;
  readonly rule: ViolationRule;
  /** One English sentence; never holds the value. */
  readonly message: string;
}

const events: ReadonlyMap<string, EventDefinition> = new Map(Object.entries(EVENTS));
const definitions: ReadonlyMap<string, AttributeDefinition> = new Map(Object.entries(ATTRIBUTES));
const utf8 = new TextEncoder();

type Broken = readonly [rule: ViolationRule, message: string];

function checkText(definition: AttributeDefinition, value: unknown): Broken | undefined {
  if (typeof value !== 'string') return ['type', 'must be a string'];
  if (value === '') return ['empty', 'must not be empty; leave it out'];
  if (!isWellFormed(value)) return ['not_well_formed', 'holds a lone surrogate'];
  if (definition.values !== undefined) {
    return definition.values.includes(value)
      ? undefined
      : ['not_in_enum', `must be one of ${definition.values.join(', ')}`];
  }
  const max = definition.maxBytes ?? Number.POSITIVE_INFINITY;
  return utf8.encode(value).length > max ? ['too_long', `must not be longer than ${max} bytes in UTF-8`] : undefined;
}

function checkInteger(definition: AttributeDefinition, value: unknown): Broken | undefined {
  if (typeof value !== 'number') return ['type', 'must be a number'];
  if (!Number.isSafeInteger(value)) return ['not_integer', 'must be a whole number within 2^53-1'];
  const maximum = definition.maximum ?? Number.MAX_SAFE_INTEGER;
  return value < 0 || value > maximum ? ['out_of_range', `must be from 0 to ${maximum}`] : undefined;
}

function checkTexts(definition: AttributeDefinition, value: unknown): Broken | undefined {
  if (!Array.isArray(value)) return ['type', 'must be an array of strings'];
  if (value.length === 0) return ['empty', 'must not be empty; leave it out'];
  const max = definition.maxItems ?? Number.POSITIVE_INFINITY;
  if (value.length > max) return ['too_many', `must not hold more than ${max} elements`];
  for (const element of value) {
    const broken = checkText(definition, element);
    if (broken !== undefined) return [broken[0], `each element ${broken[1]}`];
  }
  return undefined;
}

function checkValue(definition: AttributeDefinition, value: unknown): Broken | undefined {
  switch (definition.type) {
    case 'string':
      return checkText(definition, value);
    case 'int':
      return checkInteger(definition, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : ['type', 'must be a boolean'];
    case 'string[]':
      return checkTexts(definition, value);
  }
}

/**
 * Checks what an application is about to emit against the registry. The encoder mends instead of refusing, so this is
 * for tests and for authors of instrumentation: an event without violations is sealed exactly as given.
 *
 * Attributes whose value is `undefined` count as absent. Those the encoder sets itself (`audit.record.id`,
 * `audit.schema.version`, `audit.sequence.*`, `stepseal.sanitised`) must not be given.
 *
 * @returns One violation for each broken rule, in order of the names; empty when all is well.
 */
export function validateEvent(eventName: string, attributes: Readonly<Record<string, unknown>>): readonly Violation[] {
  const event = events.get(eventName);
  if (event === undefined) {
    return [{ attribute: eventName, rule: 'unknown_event', message: `${eventName} is not an event of the registry` }];
  }
  const violations: Violation[] = [];
  const add = (attribute: string, rule: ViolationRule, message: string) => {
    violations.push({ attribute, rule, message: `${attribute} ${message}` });
  };
  const names = Object.keys(attributes)
    .filter((name) => attributes[name] !== undefined)
    .sort();
  const given = new Set(names);
  for (const name of names) {
    const definition = definitions.get(name);
    if (names.some((other) => other.startsWith(`${name}.`))) add(name, 'prefix', 'is a dotted prefix of another name');
    if (definition === undefined) add(name, 'unknown', 'is not in the registry');
    else if (definition.chain === true) add(name, 'set_by_encoder', 'is set by the encoder');
    else if (!Object.hasOwn(event.attributes, name)) add(name, 'unknown', `does not belong to ${eventName}`);
    else {
      const broken = checkValue(definition, attributes[name]);
      if (broken !== undefined) add(name, broken[0], broken[1]);
    }
  }
  for (const name of Object.keys(event.attributes)) {
    const required = event.attributes[name] === 'required' && definitions.get(name)?.chain !== true;
    if (required && !given.has(name)) add(name, 'missing', `is required on ${eventName}`);
  }
  return violations.sort((a, b) => (a.attribute < b.attribute ? -1 : a.attribute > b.attribute ? 1 : 0));
}
