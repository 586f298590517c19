// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLossless, WrittenNumber } from '../../src/elasticsearch/lossless-json.ts';

test.each([
  ['9007199254740993', 9_007_199_254_740_993n],
  ['-9223372036854775808', -9_223_372_036_854_775_808n],
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740992', 9_007_199_254_740_992n],
  ['12345678901234567890', 12_345_678_901_234_567_890n],
  ['1.0', new WrittenNumber('1.0')],
  ['-1e3', new WrittenNumber('-1e3')],
  ['1E3', new WrittenNumber('1E3')],
  ['0.10', new WrittenNumber('0.10')],
  ['1', 1],
  [
    '{"a":[1,{"b":9007199254740993}],"c":"9007199254740993"}',
    { a: [1, { b: 9_007_199_254_740_993n }], c: '9007199254740993' },
  ],
  ['{"a":"\\\\","b":9007199254740993}', { a: '\\', b: 9_007_199_254_740_993n }],
  ['{"a":"\\\\\\"1.5","b":1.5}', { a: '\\"1.5', b: new WrittenNumber('1.5') }],
  ['{"1.5":1,"x\\"":12}', { '1.5': 1, 'x"': 12 }],
  [' [ 1 , 2.0 ] ', [1, new WrittenNumber('2.0')]],
])('%s loses no digit', (text, value) => {
  expect(parseLossless(text)).toEqual(value);
});

test.each(['', '{', '{"a":1', '"a', '"a\\', '1.5.5', '[1.5,]', '{"a":9007199254740993,}', 'NaN'])(
  '%j is no JSON and is refused',
  (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  },
);

test('whatever JSON.parse reads is read alike, but for the form of numbers', () => {
  const plain = (value: unknown): unknown => {
    if (value instanceof WrittenNumber) return Number(value.text);
    if (typeof value === 'bigint') return Number(value);
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(plain(parseLossless(text))).toEqual(JSON.parse(text));
    }),
    { interruptAfterTimeLimit: 500 },
  );
});

test('a number is never read with fewer digits than it was written with, wherever it stands', () => {
  const number = fc.oneof(
    fc.bigInt().map(String),
    fc.tuple(fc.integer(), fc.nat(9999)).map(([whole, rest]) => `${whole}.${rest}`),
    fc.tuple(fc.integer(), fc.integer({ min: -20, max: 20 })).map(([whole, power]) => `${whole}e${power}`),
  );
  const spelling = (value: unknown): string => (value instanceof WrittenNumber ? value.text : String(value));
  fc.assert(
    fc.property(fc.string(), number, fc.json(), (key, written, neighbour) => {
      const text = `{${JSON.stringify(`a${key}`)}:[${written}],"n":${neighbour},"z":${written}}`;
      const read = parseLossless(text) as Record<string, unknown>;
      expect(spelling(read['z'])).toBe(written);
      expect(spelling((read[`a${key}`] as unknown[])[0])).toBe(written);
    }),
    { interruptAfterTimeLimit: 500 },
  );
});
