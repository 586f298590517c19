// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePayload, isPayload, type Payload, parsePayload, type TypedValue } from '../../src/format/index.ts';
import { isPayloadByTheBook } from './payload-oracle.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const key = fc.oneof(
  text,
  fc.constantFrom('a', 'a.b', '__proto__', 'stringValue', 'intValue', '1', '10', '\u{1f600}', '\ufb33'),
);
const typedValue: fc.Arbitrary<TypedValue> = fc.letrec<{ value: TypedValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({ type: fc.constant('string' as const), value: text }),
    fc.record({ type: fc.constant('int' as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
    fc.record({
      type: fc.constant('double' as const),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 8 }) }),
    fc.record({ type: fc.constant('array' as const), value: fc.array(tie('value'), { maxLength: 4 }) }),
    fc.record({ type: fc.constant('map' as const), value: mapOf(tie('value')) }),
  ),
})).value;

function mapOf(value: fc.Arbitrary<TypedValue>): fc.Arbitrary<ReadonlyMap<string, TypedValue>> {
  return fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => new Map(entries));
}

const id = (digits: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: 1n, max: 16n ** BigInt(digits) - 1n }).map((value) => value.toString(16).padStart(digits, '0'));
const time = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
const payload = fc
  .record(
    {
      attributes: mapOf(typedValue),
      body: typedValue,
      eventName: text,
      timestamp: time,
      observedTimestamp: time,
      traceId: id(32),
      spanId: id(16),
    },
    { requiredKeys: ['attributes'] },
  )
  .map((value) => value as Payload);

/** The plain JSON of a typed value, for encoders that are not ours. */
function plain(value: TypedValue): unknown {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return value.value.map(plain);
    case 'map':
      return Object.fromEntries([...value.value].map(([name, member]) => [name, plain(member)]));
  }
}

function plainPayload(value: Payload): unknown {
  return {
    ...(value.attributes.size > 0 && { attributes: plain({ type: 'map', value: value.attributes }) }),
    ...(value.body && { body: plain(value.body) }),
    ...(value.eventName && { event_name: value.eventName }),
    ...(value.timestamp && { timestamp: String(value.timestamp) }),
    ...(value.observedTimestamp && { observed_timestamp: String(value.observedTimestamp) }),
    ...(value.traceId && { trace_id: value.traceId }),
    ...(value.spanId && { span_id: value.spanId }),
  };
}

describe('payloads of any content', () => {
  test('are written as npm canonicalize writes them', () => {
    fc.assert(
      fc.property(payload, (value) => {
        expect(encodePayload(value)).toBe(canonicalize(plainPayload(value)));
      }),
      { numRuns: 3000 },
    );
  });

  test('are accepted, by the rules too, and read back to the same content', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const encoded = encodePayload(value);
        const bytes = Buffer.from(encoded);
        expect(isPayload(bytes)).toBe(true);
        expect(isPayloadByTheBook(bytes)).toBe(true);
        expect(plainPayload(parsePayload(bytes))).toEqual(plainPayload(value));
        expect(encodePayload(parsePayload(bytes))).toBe(encoded);
      }),
      { numRuns: 3000 },
    );
  });

  test('are judged as the rules judge them after any change of a few bytes', () => {
    const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 2 }), insert: fc.uint8Array({ maxLength: 2 }) });
    fc.assert(
      fc.property(payload, fc.array(edit, { minLength: 1, maxLength: 3 }), (value, edits) => {
        let bytes: Buffer = Buffer.from(encodePayload(value));
        for (const { at, remove, insert } of edits) {
          const start = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
        }
        const accepted = isPayload(bytes);
        expect(accepted).toBe(isPayloadByTheBook(bytes));
        if (accepted) expect(encodePayload(parsePayload(bytes))).toBe(bytes.toString());
        else expect(() => parsePayload(bytes)).toThrow();
      }),
      { numRuns: 10_000 },
    );
  });

  test('are judged as the rules judge them when two are spliced', () => {
    fc.assert(
      fc.property(payload, payload, fc.nat(), fc.nat(), (a, b, i, j) => {
        const left = Buffer.from(encodePayload(a));
        const right = Buffer.from(encodePayload(b));
        const bytes = Buffer.concat([left.subarray(0, i % (left.length + 1)), right.subarray(j % (right.length + 1))]);
        expect(isPayload(bytes)).toBe(isPayloadByTheBook(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});
