// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isIP } from 'node:net';
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_SESSION_ID,
  ATTR_SESSION_PREVIOUS_ID,
  ATTR_STEP_UP_ACTION_RESOURCE,
  ATTR_STEP_UP_ID,
  ATTRIBUTES,
  type AttributeType,
  EVENTS,
} from '@stepseal/core/semconv';
import type { JsonObject } from '@stepseal/elastic';
import type { Fact, Filter } from '../search/condition.ts';
import type { TimeWindow } from '../search/scan-segment.ts';

export const ID_FIELD: string = `attributes.${ATTR_STEP_UP_ID}`;
export const TIME_FIELD = '@timestamp';
export const STREAM_FIELD = 'attributes.audit.sequence.stream_id';
export const NUMBER_FIELD = 'attributes.audit.sequence.number';
export const EVENT_FIELD = 'event_name';
export const PAYLOAD_ATTRIBUTE = 'audit.integrity.payload';

/** Attributes that are random or as good as that: part of one is nothing to look for, and there are as many as records. */
const OPAQUE = /(^|\.)(hash|previous_hash|root|uuid|link_digest|stream_id|previous_record_id)$/;
const OPAQUE_IDS: ReadonlySet<string> = new Set([
  ATTR_STEP_UP_ID,
  ATTR_STEP_UP_ACTION_RESOURCE,
  ATTR_SESSION_ID,
  ATTR_SESSION_PREVIOUS_ID,
  'audit.record.id',
]);

/** What a record must meet, in the time asked for unless the filter is about all time. */
export function recordQuery({ anyOf, absent, line }: Filter, window: TimeWindow | undefined): JsonObject {
  const met = anyOf.length === 0 ? { match_none: {} } : oneOf(spelledOnce(anyOf).map(factsQuery));
  return !absent && line.inWindow ? allOf([met, ...windowQuery(window)]) : met;
}

export function allOf(queries: readonly JsonObject[], except: readonly JsonObject[] = []): JsonObject {
  return { bool: { filter: [...queries], ...(except.length > 0 && { must_not: [...except] }) } };
}

export function oneOf(queries: readonly JsonObject[]): JsonObject {
  const [only] = queries;
  return queries.length === 1 && only !== undefined
    ? only
    : { bool: { should: [...queries], minimum_should_match: 1 } };
}

export function windowQuery(window: TimeWindow | undefined): JsonObject[] {
  if (window === undefined) return [];
  const { sinceMs, untilMs } = window;
  const range = {
    ...(Number.isFinite(sinceMs) && { gte: sinceMs }),
    ...(Number.isFinite(untilMs) && { lt: untilMs }),
    format: 'epoch_millis',
  };
  return [{ range: { [TIME_FIELD]: range } }];
}

/** Documents that belong to a step-up. */
export function ofStepUps(query: JsonObject): JsonObject {
  return allOf([query, exists(ID_FIELD)]);
}

export function exists(field: string): JsonObject {
  return { exists: { field } };
}

/** The index does not tell spellings of a word apart: one stands for all. */
function spelledOnce(anyOf: Filter['anyOf']): Filter['anyOf'] {
  return anyOf.every(([fact]) => fact?.kind === 'word') ? anyOf.slice(0, 1) : anyOf;
}

function factsQuery(facts: readonly Fact[]): JsonObject {
  return allOf(facts.map(factQuery));
}

function factQuery(fact: Fact): JsonObject {
  switch (fact.kind) {
    case 'text':
    case 'flag':
      return { term: { [`attributes.${fact.attribute}`]: fact.value } };
    case 'event':
      return { term: { [EVENT_FIELD]: fact.name } };
    case 'word':
      return wordQuery(fact.spelling);
  }
}

/**
 * Documents that may hold a text: at least all that do, since what is found is compared with the sealed bytes. Words of the
 * sentence and of attributes are looked for in any place, in opaque attributes as a whole.
 */
function wordQuery(typed: string): JsonObject {
  const pattern = `*${typed.replaceAll(/[*?\\]/g, '\\$&')}*`;
  const parts = Object.entries(ATTRIBUTES).flatMap(([name, { type, values }]) =>
    values === undefined ? attributeQuery(name, type, typed, pattern) : termsWith(`attributes.${name}`, values, typed),
  );
  // The server cuts a sentence into words by rules of its own, but none within such runs.
  const runs = typed.toLowerCase().match(/[a-z0-9]+|[^\p{ASCII}]/gu) ?? [];
  const sentence = runs.map((run) => ({ wildcard: { 'body.text': { value: `*${run}*` } } }));
  return oneOf([
    sentence.length === 0 ? exists('body.text') : allOf(sentence),
    ...termsWith(EVENT_FIELD, Object.keys(EVENTS), typed),
    ...parts,
  ]);
}

/** Of a closed list, those values that hold the text. */
function termsWith(field: string, values: readonly string[], typed: string): JsonObject[] {
  const holding = values.filter((value) => value.toLowerCase().includes(typed.toLowerCase()));
  return holding.length === 0 ? [] : [{ terms: { [field]: holding } }];
}

function attributeQuery(name: string, type: AttributeType, typed: string, pattern: string): JsonObject[] {
  const field = `attributes.${name}`;
  if (type === 'boolean') return [];
  if (type === 'int') return /^\d{1,15}$/.test(typed) ? [{ term: { [field]: Number(typed) } }] : [];
  // Of type ip: what is none would be refused.
  if (name === ATTR_CLIENT_ADDRESS) return isIP(typed) === 0 ? [] : [{ term: { [field]: typed } }];
  if (OPAQUE.test(name) || OPAQUE_IDS.has(name)) return [{ term: { [field]: typed } }];
  return [{ wildcard: { [field]: { value: pattern, case_insensitive: true } } }];
}
