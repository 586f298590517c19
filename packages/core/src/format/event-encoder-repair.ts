// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTRIBUTES } from '../semconv/generated/attributes.ts';
import { EVENTS } from '../semconv/generated/events.ts';
import { SCHEMA_VERSION } from '../semconv/generated/schema-version.ts';
import type { AttributeDefinition, EventDefinition } from '../semconv/registry-types.ts';
import { BODY_MAX_BYTES, type ChainFields, type EncodedEvent, type EventRecord } from './event-encoder-types.ts';
import { isWellFormed } from './json-text.ts';
import { LIMITS } from './limits.ts';

// The careful way to encode an event: it believes nothing about its input and throws for none. Every event of the
// registry can be encoded by it; the generated encoders take it over for the well-behaved ones and must agree with it
// byte for byte.

type Fields = Map<string, string | number | boolean | readonly string[]>;

const definitions: ReadonlyMap<string, AttributeDefinition> = new Map(Object.entries(ATTRIBUTES));
const events: ReadonlyMap<string, EventDefinition> = new Map(Object.entries(EVENTS));
const everyAttribute: readonly string[] = Object.keys(ATTRIBUTES);
const utf8 = new TextEncoder();
const scratch = new Uint8Array(LIMITS.ownPayloadBytes);

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;
/** Largest time whose nanoseconds fit an int64, in milliseconds. */
const MAX_TIME_MS = 9_223_372_036_854;

/** Reads a property of something that may be a proxy, or not an object at all; `broken` is called if it throws. */
function read(holder: unknown, name: string, broken: () => void): unknown {
  if (holder === undefined || holder === null) return undefined;
  try {
    return (holder as Record<string, unknown>)[name];
  } catch {
    broken();
    return undefined;
  }
}

/** The first `maxBytes` bytes of the text in UTF-8, made well-formed, cut at a code point. */
function fitText(text: string, maxBytes: number): string {
  // A code unit takes at least one byte, so nothing behind the first maxBytes units can be kept.
  const head = text.length > maxBytes ? text.slice(0, maxBytes) : text;
  const whole = isWellFormed(head) ? head : Buffer.from(head).toString();
  if (whole.length * 3 <= maxBytes) return whole;
  const target = maxBytes <= scratch.length ? scratch.subarray(0, maxBytes) : new Uint8Array(maxBytes);
  return whole.slice(0, utf8.encodeInto(whole, target).read);
}

function repairText(value: unknown, maxBytes: number, touched: () => void): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') {
    touched();
    return undefined;
  }
  const text = fitText(value, maxBytes);
  if (text !== value) touched();
  return text === '' ? undefined : text;
}

function repairEnum(value: unknown, definition: AttributeDefinition, touched: () => void): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && definition.values?.includes(value) === true) return value;
  touched();
  return typeof value === 'string' ? definition.fallback : undefined;
}

function repairInteger(value: unknown, touched: () => void): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  let number = Number.NaN;
  if (typeof value === 'number') number = Math.trunc(value);
  else if (typeof value === 'bigint') number = Number(value);
  if (typeof value !== 'bigint' || !Number.isSafeInteger(number)) touched();
  if (!Number.isFinite(number)) return undefined;
  const held = Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
  return held === 0 ? 0 : held;
}

function repairTexts(
  value: unknown,
  definition: AttributeDefinition,
  touched: () => void,
): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const texts: string[] = [];
  try {
    if (!Array.isArray(value)) throw new TypeError();
    const maxItems = definition.maxItems ?? 0;
    if (value.length > maxItems) touched();
    for (let i = 0; i < Math.min(value.length, maxItems); i++) {
      const element: unknown = value[i];
      if (typeof element !== 'string') touched();
      const text = repairText(element, definition.maxBytes ?? 0, touched);
      if (text !== undefined) texts.push(text);
    }
  } catch {
    touched();
  }
  return texts.length === 0 ? undefined : texts;
}

function repairValue(value: unknown, definition: AttributeDefinition, touched: () => void): ReturnType<Fields['get']> {
  switch (definition.type) {
    case 'string':
      if (definition.values !== undefined) return repairEnum(value, definition, touched);
      return repairText(value, definition.maxBytes ?? 0, touched);
    case 'int':
      return repairInteger(value, touched);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (value !== undefined && value !== null) touched();
      return undefined;
    case 'string[]':
      return repairTexts(value, definition, touched);
  }
}

/** Adds what the caller's own `stepseal.sanitised` names: a record encoded again keeps the marks of the first time. */
function mergeSanitised(value: unknown, sanitised: Set<string>): void {
  const definition = { ...ATTRIBUTES['stepseal.sanitised'] };
  for (const name of repairTexts(value, definition, () => sanitised.add('unknown')) ?? []) {
    sanitised.add(definitions.has(name) || TOP_LEVEL.has(name) ? name : 'unknown');
  }
}

const TOP_LEVEL: ReadonlySet<string> = new Set(['body', 'observed_timestamp', 'span_id', 'timestamp', 'trace_id']);

function noteUnknownNames(attributes: unknown, known: (name: string) => boolean, sanitised: Set<string>): void {
  if (attributes === undefined || attributes === null) return;
  try {
    for (const name of Object.keys(attributes)) {
      if (name === 'stepseal.sanitised') {
        mergeSanitised(
          read(attributes, name, () => sanitised.add('unknown')),
          sanitised,
        );
      } else if (!known(name) && read(attributes, name, () => sanitised.add('unknown')) !== undefined) {
        sanitised.add(definitions.has(name) ? name : 'unknown');
      }
    }
  } catch {
    sanitised.add('unknown');
  }
}

function repairTime(value: unknown, touched: () => void): string | undefined {
  if (value === undefined || value === null || value === 0) return undefined;
  const time = typeof value === 'number' ? Math.floor(value) : Number.NaN;
  if (time >= 1 && time <= MAX_TIME_MS) return `${time}000000`;
  touched();
  return undefined;
}

function repairId(value: unknown, form: RegExp, touched: () => void): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && form.test(value)) return value;
  if (typeof value !== 'string' || !/^0+$/.test(value.slice(0, 32))) touched();
  return undefined;
}

function chainFieldsOf(chain: unknown, fields: Fields, sanitised: Set<string>): void {
  const take = (name: keyof typeof ATTRIBUTES, member: keyof ChainFields) => {
    const touched = () => sanitised.add(name);
    const value = repairValue(read(chain, member, touched), ATTRIBUTES[name], touched);
    if (value !== undefined && value !== false) fields.set(name, value);
  };
  take('audit.record.id', 'recordId');
  take('audit.sequence.end', 'end');
  take('audit.sequence.number', 'number');
  take('audit.sequence.previous_hash', 'previousHash');
  take('audit.sequence.previous_record_id', 'previousRecordId');
  take('audit.sequence.stream_id', 'streamId');
  fields.set('audit.schema.version', SCHEMA_VERSION);
}

function wrapped(value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'number') return `{"intValue":"${value}"}`;
  if (typeof value === 'boolean') return value ? '{"boolValue":true}' : '{"boolValue":false}';
  return `[${value.map(wrapped).join(',')}]`;
}

interface Content {
  readonly fields: Fields;
  readonly sanitised: Set<string>;
  readonly eventName: string;
  body: string | undefined;
  readonly timestamp: string | undefined;
  readonly observedTimestamp: string | undefined;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

function assemble(content: Content): string {
  const { fields, sanitised } = content;
  if (sanitised.size > 0) fields.set('stepseal.sanitised', [...sanitised].sort());
  const names = [...fields.keys()].sort();
  const attributes = names.map((name) => `"${name}":${wrapped(fields.get(name) ?? '')}`);
  const members = [`"attributes":{${attributes.join(',')}}`];
  if (content.body !== undefined) members.push(`"body":{"stringValue":${JSON.stringify(content.body)}}`);
  if (content.eventName !== '') members.push(`"event_name":${JSON.stringify(content.eventName)}`);
  if (content.observedTimestamp !== undefined) members.push(`"observed_timestamp":"${content.observedTimestamp}"`);
  if (content.spanId !== undefined) members.push(`"span_id":"${content.spanId}"`);
  if (content.timestamp !== undefined) members.push(`"timestamp":"${content.timestamp}"`);
  if (content.traceId !== undefined) members.push(`"trace_id":"${content.traceId}"`);
  return `{${members.join(',')}}`;
}

/** Halves the one free text, or list, that takes most bytes; false if there is none left to cut. */
function cutLongest(content: Content): boolean {
  let longest = 'body';
  let most = content.body === undefined ? 0 : Buffer.byteLength(JSON.stringify(content.body));
  for (const [name, value] of content.fields) {
    const definition = definitions.get(name);
    const free = definition !== undefined && definition.values === undefined && definition.chain !== true;
    if (!free || typeof value === 'number' || typeof value === 'boolean') continue;
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes > most) [longest, most] = [name, bytes];
  }
  if (most === 0) return false;
  content.sanitised.add(longest);
  const value = longest === 'body' ? content.body : content.fields.get(longest);
  let half: string | readonly string[] = '';
  if (typeof value === 'string') half = fitText(value, Buffer.byteLength(value) >> 1);
  else if (Array.isArray(value)) half = value.slice(0, value.length >> 1);
  if (longest === 'body') content.body = half.length === 0 ? undefined : (half as string);
  else if (half.length === 0) content.fields.delete(longest);
  else content.fields.set(longest, half);
  return true;
}

function contentOf(record: unknown, chain: unknown): Content {
  const sanitised = new Set<string>();
  const fields: Fields = new Map();
  const touch = (name: string) => () => {
    sanitised.add(name);
  };
  const member = (name: keyof EventRecord, mark: string) => read(record, name, touch(mark));
  const eventName = repairText(member('eventName', 'unknown'), 256, touch('unknown')) ?? '';
  const event = events.get(eventName);
  const names = event === undefined ? everyAttribute : Object.keys(event.attributes);
  const allowed = new Set(names.filter((name) => definitions.get(name)?.chain !== true));
  const attributes = member('attributes', 'unknown');
  for (const name of allowed) {
    const definition = definitions.get(name);
    if (definition === undefined) continue;
    const value = repairValue(read(attributes, name, touch(name)), definition, touch(name));
    if (value !== undefined) fields.set(name, value);
  }
  noteUnknownNames(attributes, (name) => allowed.has(name), sanitised);
  chainFieldsOf(chain, fields, sanitised);
  const traced = event?.untraced !== true;
  return {
    fields,
    sanitised,
    eventName,
    body: repairText(member('body', 'body'), BODY_MAX_BYTES, touch('body')),
    timestamp: repairTime(member('timestampMs', 'timestamp'), touch('timestamp')),
    observedTimestamp: repairTime(member('observedTimestampMs', 'observed_timestamp'), touch('observed_timestamp')),
    traceId: traced ? repairId(member('traceId', 'trace_id'), TRACE_ID, touch('trace_id')) : undefined,
    spanId: traced ? repairId(member('spanId', 'span_id'), SPAN_ID, touch('span_id')) : undefined,
  };
}

/** Encodes any input whatever, mending it where it must; see `encodeEvent` for the rules. */
export function encodeWithRepair(record: unknown, chain: unknown): EncodedEvent {
  const content = contentOf(record, chain);
  let payload = assemble(content);
  let bytes = Buffer.byteLength(payload);
  while (bytes > LIMITS.ownPayloadBytes && cutLongest(content)) {
    payload = assemble(content);
    bytes = Buffer.byteLength(payload);
  }
  return { payload, ascii: bytes === payload.length, sanitised: [...content.sanitised].sort() };
}
