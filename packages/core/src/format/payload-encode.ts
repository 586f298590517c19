// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { jsonNumber, jsonString } from './json-text.ts';
import { LIMITS } from './limits.ts';
import { INT64_MAX, INT64_MIN, isId, type Payload, type TypedValue, UINT64_MAX } from './typed-value.ts';

/**
 * The canonical text P of a record (docs/spec/payload.md). Equal content gives equal text.
 *
 * @throws FormatError `NOT_ENCODABLE` for a lone surrogate, a double that is -0 or not finite, an integer beyond
 * int64, a time or id out of range, nesting deeper than `LIMITS.depth`, more than `LIMITS.payloadBytes`
 */
export function encodePayload(payload: Payload): string {
  const members: string[] = [];
  if (payload.attributes.size > 0) members.push(`"attributes":${encodeMap(payload.attributes, 1)}`);
  if (payload.body !== undefined) members.push(`"body":${encodeValue(payload.body, 1)}`);
  if (payload.eventName !== undefined && payload.eventName !== '') {
    members.push(`"event_name":${jsonString(payload.eventName)}`);
  }
  pushTime(members, 'observed_timestamp', payload.observedTimestamp);
  pushId(members, 'span_id', payload.spanId, 16);
  pushTime(members, 'timestamp', payload.timestamp);
  pushId(members, 'trace_id', payload.traceId, 32);
  const text = `{${members.join(',')}}`;
  // A UTF-16 code unit takes at most three bytes, so that short text needs no counting.
  if (text.length * 3 > LIMITS.payloadBytes && Buffer.byteLength(text) > LIMITS.payloadBytes) {
    throw new FormatError('NOT_ENCODABLE', `more than ${LIMITS.payloadBytes} bytes`);
  }
  return text;
}

function pushTime(members: string[], key: string, time: bigint | undefined): void {
  if (time === undefined || time === 0n) return;
  if (time < 0n || time > UINT64_MAX) throw new FormatError('NOT_ENCODABLE', `${key} is out of range`);
  members.push(`"${key}":"${time}"`);
}

function pushId(members: string[], key: string, id: string | undefined, digits: 16 | 32): void {
  if (id === undefined) return;
  if (!isId(id, digits)) throw new FormatError('NOT_ENCODABLE', `${key} is not ${digits} hexadecimal digits`);
  members.push(`"${key}":"${id}"`);
}

/** `depth` is that of the value if it is an array or a map. */
function encodeValue(value: TypedValue, depth: number): string {
  switch (value.type) {
    case 'string':
      return `{"stringValue":${jsonString(value.value)}}`;
    case 'int':
      if (value.value < INT64_MIN || value.value > INT64_MAX) {
        throw new FormatError('NOT_ENCODABLE', 'an integer is beyond int64');
      }
      return `{"intValue":"${value.value}"}`;
    case 'double':
      if (Object.is(value.value, -0)) throw new FormatError('NOT_ENCODABLE', 'a double is -0');
      return `{"doubleValue":${jsonNumber(value.value)}}`;
    case 'bool':
      return value.value ? '{"boolValue":true}' : '{"boolValue":false}';
    case 'bytes':
      return `{"bytesValue":"${base64(value.value)}"}`;
    case 'array':
      return encodeArray(value.value, depth);
    case 'map':
      return encodeMap(value.value, depth);
  }
}

function encodeArray(items: readonly TypedValue[], depth: number): string {
  checkDepth(depth);
  let text = '';
  for (const item of items) text += `${text === '' ? '' : ','}${encodeValue(item, depth + 1)}`;
  return `[${text}]`;
}

function encodeMap(map: ReadonlyMap<string, TypedValue>, depth: number): string {
  checkDepth(depth);
  const keys = [...map.keys()];
  // The order of UTF-16 code units, which RFC 8785 section 3.2.3 asks for, is that of `<` and of sort().
  if (!keys.every((key, i) => i === 0 || (keys[i - 1] as string) < key)) keys.sort();
  let text = '';
  for (const key of keys) {
    text += `${text === '' ? '' : ','}${jsonString(key)}:${encodeValue(map.get(key) as TypedValue, depth + 1)}`;
  }
  return `{${text}}`;
}

function checkDepth(depth: number): void {
  if (depth > LIMITS.depth) throw new FormatError('NOT_ENCODABLE', 'nested too deeply');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
