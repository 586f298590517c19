// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { JsonCursor } from './json-cursor.ts';
import { LIMITS } from './limits.ts';
import { encodePayload } from './payload-encode.ts';
import { isProvenPayload } from './payload-scan.ts';
import { INT64_MAX, INT64_MIN, isId, type Payload, type TypedValue, UINT64_MAX } from './typed-value.ts';
import { decodeUtf8 } from './utf8.ts';

const DECIMAL = /^(?:0|-?[1-9][0-9]{0,19})$/;

/**
 * Reads a payload P and accepts it only if it is the one spelling of its content (docs/spec/payload.md, "Validity"):
 * the text is parsed strictly, every value checked, the result encoded again and compared byte for byte.
 *
 * @throws FormatError `MALFORMED` with reason and byte offset, `TOO_LARGE`
 */
export function parsePayload(bytes: Uint8Array): Payload {
  if (bytes.length > LIMITS.payloadBytes) {
    throw new FormatError('TOO_LARGE', `more than ${LIMITS.payloadBytes} bytes`);
  }
  const cursor = new JsonCursor(decodeUtf8(bytes));
  const payload = parseMembers(cursor);
  cursor.end();
  if (isProvenPayload(bytes)) return payload;
  const canonical = encodePayload(payload);
  if (canonical !== cursor.text) {
    let at = 0;
    while (canonical[at] === cursor.text[at]) at++;
    cursor.fail('not the canonical spelling', at);
  }
  return payload;
}

/**
 * Whether {@link parsePayload} would accept `bytes` from `start` to `end`, at a fraction of its cost: what a verifier
 * asks of every line.
 */
export function isPayload(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
  if (isProvenPayload(bytes, start, end)) return true;
  try {
    parsePayload(bytes.subarray(start, end));
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function parseMembers(cursor: JsonCursor): Payload {
  const payload: Writable<Payload> = { attributes: new Map() };
  const seen = new Set<string>();
  cursor.expect('{');
  if (cursor.accept('}')) return payload;
  for (;;) {
    const start = cursor.position;
    const key = cursor.string();
    if (seen.has(key)) cursor.fail('duplicate key', start);
    seen.add(key);
    cursor.expect(':');
    switch (key) {
      case 'attributes':
        payload.attributes = parseAttributes(cursor);
        break;
      case 'body':
        payload.body = parseValue(cursor, 1);
        break;
      case 'event_name':
        payload.eventName = parseEventName(cursor);
        break;
      case 'observed_timestamp':
        payload.observedTimestamp = parseTime(cursor);
        break;
      case 'span_id':
        payload.spanId = parseId(cursor, 16);
        break;
      case 'timestamp':
        payload.timestamp = parseTime(cursor);
        break;
      case 'trace_id':
        payload.traceId = parseId(cursor, 32);
        break;
      default:
        cursor.fail('unknown key', start);
    }
    if (cursor.accept('}')) return payload;
    cursor.expect(',');
  }
}

function parseAttributes(cursor: JsonCursor): ReadonlyMap<string, TypedValue> {
  const start = cursor.position;
  const value = parseValue(cursor, 1);
  if (value.type !== 'map') cursor.fail('attributes is not a map', start);
  if (value.value.size === 0) cursor.fail('empty attributes are left out', start);
  return value.value;
}

function parseEventName(cursor: JsonCursor): string {
  const start = cursor.position;
  const name = cursor.string();
  if (name === '') cursor.fail('an empty event name is left out', start);
  return name;
}

function parseTime(cursor: JsonCursor): bigint {
  const start = cursor.position;
  const text = cursor.string();
  if (!DECIMAL.test(text)) cursor.fail('not a canonical decimal', start);
  const time = BigInt(text);
  if (time <= 0n || time > UINT64_MAX) cursor.fail('time out of range', start);
  return time;
}

function parseId(cursor: JsonCursor, digits: 16 | 32): string {
  const start = cursor.position;
  const id = cursor.string();
  if (!isId(id, digits)) cursor.fail(`not an id of ${digits} hexadecimal digits`, start);
  return id;
}

/** `depth` is that of the value if it is an array or a map. The recursion is as deep as `LIMITS.depth`, no deeper. */
function parseValue(cursor: JsonCursor, depth: number): TypedValue {
  if (cursor.peek() === 0x5b) return parseArray(cursor, depth);
  const start = cursor.position;
  cursor.expect('{');
  if (cursor.accept('}')) return emptyMap(cursor, depth, start);
  const key = cursor.string();
  cursor.expect(':');
  const next = cursor.peek();
  // A wrapper holds a bare scalar and a map never does: this is what tells {"stringValue": …} the wrapper from a map
  // that happens to have such a key.
  if (next === 0x7b || next === 0x5b) return parseMap(cursor, depth, start, key);
  const scalar = parseScalar(cursor, key, start);
  if (!cursor.accept('}')) cursor.fail('a wrapper has one member');
  return scalar;
}

function emptyMap(cursor: JsonCursor, depth: number, start: number): TypedValue {
  if (depth > LIMITS.depth) cursor.fail('nested too deeply', start);
  return { type: 'map', value: new Map() };
}

function parseMap(cursor: JsonCursor, depth: number, start: number, firstKey: string): TypedValue {
  if (depth > LIMITS.depth) cursor.fail('nested too deeply', start);
  const members = new Map<string, TypedValue>();
  members.set(firstKey, parseValue(cursor, depth + 1));
  while (!cursor.accept('}')) {
    cursor.expect(',');
    const at = cursor.position;
    const key = cursor.string();
    if (members.has(key)) cursor.fail('duplicate key', at);
    cursor.expect(':');
    members.set(key, parseValue(cursor, depth + 1));
  }
  return { type: 'map', value: members };
}

function parseArray(cursor: JsonCursor, depth: number): TypedValue {
  if (depth > LIMITS.depth) cursor.fail('nested too deeply');
  const items: TypedValue[] = [];
  cursor.expect('[');
  if (cursor.accept(']')) return { type: 'array', value: items };
  for (;;) {
    items.push(parseValue(cursor, depth + 1));
    if (cursor.accept(']')) return { type: 'array', value: items };
    cursor.expect(',');
  }
}

function parseScalar(cursor: JsonCursor, wrapper: string, wrapperStart: number): TypedValue {
  const start = cursor.position;
  switch (wrapper) {
    case 'stringValue':
      return { type: 'string', value: cursor.string() };
    case 'intValue': {
      const text = cursor.string();
      if (!DECIMAL.test(text)) cursor.fail('not a canonical decimal', start);
      const value = BigInt(text);
      if (value < INT64_MIN || value > INT64_MAX) cursor.fail('integer beyond int64', start);
      return { type: 'int', value };
    }
    case 'doubleValue': {
      const value = cursor.number();
      if (Object.is(value, -0)) cursor.fail('a double is -0', start);
      return { type: 'double', value };
    }
    case 'boolValue':
      if (cursor.accept('true')) return { type: 'bool', value: true };
      if (cursor.accept('false')) return { type: 'bool', value: false };
      return cursor.fail('expected a boolean');
    case 'bytesValue': {
      const value = decodeBase64(cursor.string());
      if (value === undefined) cursor.fail('not padded standard base64', start);
      return { type: 'bytes', value };
    }
  }
  return cursor.fail('unknown wrapper', wrapperStart);
}
