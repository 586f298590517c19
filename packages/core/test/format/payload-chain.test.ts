// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePayload, parsePayload, proveChain, type TypedValue } from '../../src/format/index.ts';
import { type ByteVector, bytesOf, readLines, readVectors } from './vectors.ts';

const NUMBER = 'audit.sequence.number';
const PREVIOUS_HASH = 'audit.sequence.previous_hash';
const STREAM_ID = 'audit.sequence.stream_id';

/** What the slow way says of the same bytes. */
function chainOf(bytes: Buffer): unknown {
  const { attributes } = parsePayload(bytes);
  const number = attributes.get(NUMBER);
  const text = (name: string, length: number): string | undefined => {
    const value = attributes.get(name);
    return value?.type === 'string' && /^[0-9a-f-]*$/.test(value.value) && value.value.length === length
      ? value.value
      : undefined;
  };
  return {
    number: number?.type === 'int' && number.value >= 0n && number.value < 2n ** 53n ? Number(number.value) : undefined,
    previousHash: text(PREVIOUS_HASH, 64),
    streamId: text(STREAM_ID, 36),
  };
}

test('the place of a record is read from its own attributes, never from what is nested in them or in its body', () => {
  const scalar: fc.Arbitrary<TypedValue> = fc.oneof(
    fc.record({ type: fc.constant('int' as const), value: fc.bigInt({ min: -5n, max: 2n ** 54n }) }),
    fc.record({
      type: fc.constant('string' as const),
      value: fc.constantFrom('', 'a', 'a'.repeat(36), 'b'.repeat(63), 'b'.repeat(64), 'b'.repeat(65), '7'),
    }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  );
  const name = fc.constantFrom('a', NUMBER, PREVIOUS_HASH, STREAM_ID, 'z', `${NUMBER}s`, 'audit.sequence.numbe');
  const value: fc.Arbitrary<TypedValue> = fc.letrec<{ value: TypedValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      scalar,
      fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((entries) => ({
        type: 'map' as const,
        value: new Map(entries),
      })),
      fc.array(tie('value'), { maxLength: 2 }).map((items) => ({ type: 'array' as const, value: items })),
    ),
  })).value;
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.option(value), (entries, body) => {
      const payload = { attributes: new Map(entries), ...(body === null ? {} : { body }) };
      const bytes = Buffer.from(encodePayload(payload));
      expect(proveChain(bytes)).toEqual(chainOf(bytes));
      const around = Buffer.concat([Buffer.from('{}\n'), bytes, Buffer.from('\n{}')]);
      expect(proveChain(around, 3, 3 + bytes.length)).toEqual(chainOf(bytes));
    }),
    { numRuns: 3000 },
  );
});

test('nothing is read from an invalid payload', () => {
  const { invalid } = readVectors<{ invalid: (ByteVector & { name: string })[] }>('payload.json');
  for (const vector of invalid) expect(proveChain(bytesOf(vector)), vector.name).toBeUndefined();
});

test('the example of the specification is placed as it says', () => {
  const lines = readLines('example.ndjson');
  expect([0, 2, 3].map((i) => proveChain(Buffer.from(lines[i] as string))?.number)).toEqual([1, 2, 3]);
  expect(proveChain(Buffer.from(lines[0] as string))?.previousHash).toBeUndefined();
  expect(proveChain(Buffer.from(lines[1] as string))).toBeUndefined();
});
