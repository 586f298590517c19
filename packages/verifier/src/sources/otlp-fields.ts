// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError, type Payload, parsePayload, recordHash, type TypedValue } from '@stepseal/core/format';
import { exportedSeverity, HASH, OUTSIDE, RESERVED, shownName } from '../projection.ts';
import { list, member } from './json-member.ts';

/**
 * The first field of an exported log record (OTLP in JSON) that does not say what the payload in it says; undefined where
 * all do. Attributes that others have added are passed over, unless their names are the writer's.
 */
export function alteredField(record: unknown, payloadBytes: Buffer): string | undefined {
  let payload: Payload;
  try {
    payload = parsePayload(payloadBytes);
  } catch (error) {
    // No payload at all: the line says so.
    if (error instanceof FormatError) return undefined;
    throw error;
  }
  const time = payload.timestamp ?? 0n;
  const { number, text } = exportedSeverity(payload);
  const bare: readonly (readonly [string, string])[] = [
    ['timeUnixNano', String(time)],
    ['observedTimeUnixNano', String(payload.observedTimestamp ?? time)],
    ['severityNumber', String(number)],
    ['severityText', text],
    ['eventName', payload.eventName ?? ''],
    ['traceId', payload.traceId ?? ''],
    ['spanId', payload.spanId ?? ''],
  ];
  for (const [name, expected] of bare)
    if (spelling(member(record, name)) !== (expected === '0' ? '' : expected)) return name;
  if (!isBody(payload.body, member(record, 'body'))) return 'body';
  const attributes = list(record, 'attributes');
  return alteredHash(payloadBytes, attributes) ?? alteredMember(payload.attributes, attributes);
}

/** By its hash a record is found again, and known for a copy. */
function alteredHash(payloadBytes: Buffer, attributes: readonly unknown[]): string | undefined {
  const stated = attributes.find((attribute) => member(attribute, 'key') === HASH);
  if (stated === undefined) return undefined;
  return member(member(stated, 'value'), 'stringValue') === recordHash(payloadBytes) ? undefined : HASH;
}

/** Zero, nothing and an empty text are one in OTLP. */
function spelling(value: unknown): string {
  if (value === undefined || value === null || value === 0 || value === '0') return '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'neither';
}

function isBody(expected: TypedValue | undefined, body: unknown): boolean {
  if (expected !== undefined) return isValue(expected, body);
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
}

function alteredMember(expected: ReadonlyMap<string, TypedValue>, attributes: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const attribute of attributes) {
    const name = member(attribute, 'key');
    const key = typeof name === 'string' ? name : '';
    if (key.startsWith(OUTSIDE)) {
      // Twice is two answers, and which one is read is the reader's choice.
      if (seen.has(key)) return shownName(key);
      seen.add(key);
      continue;
    }
    const value = expected.get(key);
    if (value === undefined) {
      if (RESERVED.test(key)) return shownName(key);
      continue;
    }
    if (seen.has(key) || !isValue(value, member(attribute, 'value'))) return shownName(key);
    seen.add(key);
  }
  const missing = [...expected.keys()].find((key) => !seen.has(key) && !key.startsWith(OUTSIDE));
  return missing === undefined ? undefined : shownName(missing);
}

/** As deep as a payload may be, no deeper. */
function isValue(expected: TypedValue, value: unknown): boolean {
  switch (expected.type) {
    case 'string':
      return member(value, 'stringValue') === expected.value;
    case 'bool':
      return member(value, 'boolValue') === expected.value;
    case 'int':
      return isInteger(member(value, 'intValue'), expected.value);
    case 'double':
      return Number(member(value, 'doubleValue')) === expected.value;
    case 'bytes':
      return member(value, 'bytesValue') === Buffer.from(expected.value).toString('base64');
    case 'array': {
      const values = list(member(value, 'arrayValue'), 'values');
      return (
        member(value, 'arrayValue') !== undefined &&
        values.length === expected.value.length &&
        expected.value.every((item, index) => isValue(item, values[index]))
      );
    }
    case 'map': {
      const values = list(member(value, 'kvlistValue'), 'values');
      const members = new Map(values.map((pair) => [member(pair, 'key'), member(pair, 'value')]));
      return (
        member(value, 'kvlistValue') !== undefined &&
        values.length === expected.value.size &&
        [...expected.value].every(([key, item]) => members.has(key) && isValue(item, members.get(key)))
      );
    }
  }
}

/** A decimal string, or from some writers a number. */
function isInteger(value: unknown, expected: bigint): boolean {
  return (typeof value === 'string' || typeof value === 'number') && String(value) === String(expected);
}
