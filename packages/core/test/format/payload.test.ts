// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, test } from 'vitest';
import {
  encodePayload,
  FormatError,
  isPayload,
  type Payload,
  parsePayload,
  recordHash,
  type TypedValue,
} from '../../src/format/index.ts';
import { isProvenPayload } from '../../src/format/payload-scan.ts';
import { isPayloadByTheBook } from './payload-oracle.ts';
import { type ByteVector, bytesOf, readVectors } from './vectors.ts';

const { valid, invalid } = readVectors<{
  valid: (ByteVector & { name: string; hash: string })[];
  invalid: (ByteVector & { name: string; rule: string })[];
}>('payload.json');

describe('a valid payload', () => {
  test.each(valid)('is read, and written back byte for byte: $name', (vector) => {
    const bytes = bytesOf(vector);
    expect(isPayload(bytes)).toBe(true);
    expect(encodePayload(parsePayload(bytes)) === bytes.toString()).toBe(true);
    expect(recordHash(bytes)).toBe(vector.hash);
    expect(recordHash(bytes.toString())).toBe(vector.hash);
  });

  // All but what the one-pass reader leaves to the parser, which costs six times as much.
  const rare = new Set([
    'integer 1000000000000000000',
    'integer 9223372036854775807',
    'integer -9223372036854775808',
    'keys in order of UTF-16 code units, which beyond the BMP is not that of code points',
    'keys that are numbers, in order of their text',
    'keys that need escapes',
    'time 18446744073709551615',
  ]);
  test.each(valid.filter(({ name }) => !rare.has(name)))('is proven without being parsed: $name', (vector) => {
    expect(isProvenPayload(bytesOf(vector))).toBe(true);
  });

  test('is found inside a longer buffer, and nothing around it is read', () => {
    for (const vector of valid.slice(0, 30)) {
      const bytes = bytesOf(vector);
      const around = Buffer.concat([Buffer.from('{"'), bytes, Buffer.from('}\n')]);
      expect(isPayload(around, 2, 2 + bytes.length)).toBe(true);
      expect(isPayload(around, 2, 1 + bytes.length)).toBe(false);
      expect(isPayload(around, 2, 3 + bytes.length)).toBe(false);
      expect(isPayload(around, 1, 2 + bytes.length)).toBe(false);
    }
  });
});

describe('an invalid payload', () => {
  test.each(invalid)('is refused: $name ($rule)', (vector) => {
    const bytes = bytesOf(vector);
    const code = vector.rule === 'at most 2 MiB' ? 'TOO_LARGE' : 'MALFORMED';
    expect(isPayload(bytes)).toBe(false);
    expect(() => parsePayload(bytes)).toThrow(expect.objectContaining({ name: 'FormatError', code }));
  });

  test('is refused with its position in bytes', () => {
    expect(() => parsePayload(Buffer.from('{"attributes":{"é":{"intValue":"01"}}}'))).toThrow(
      expect.objectContaining({ offset: 32 }),
    );
  });

  test('is refused without a word of its content', () => {
    for (const vector of invalid) {
      const bytes = bytesOf(vector);
      if (bytes.length < 40) continue;
      try {
        parsePayload(bytes);
      } catch (error) {
        expect((error as FormatError).message.length).toBeLessThan(80);
      }
    }
    expect(() => parsePayload(Buffer.from('{"attributes":{"password":{"hunter2":"x"}}}'))).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/hunter2|password/) }),
    );
  });
});

describe('one changed byte', () => {
  const replacements = Buffer.from([
    0x00, 0x0a, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x31, 0x39, 0x41, 0x5c, 0x61, 0x7d, 0x80,
  ]);
  const small = valid.filter((vector) => vector.parts === undefined);

  test.each(small)('gives a payload only where the rules say so, and then another hash: $name', (vector) => {
    const original = bytesOf(vector);
    const judge = (bytes: Buffer): void => {
      const accepted = isPayload(bytes);
      if (accepted !== isPayloadByTheBook(bytes)) throw new Error(`judged differently: ${bytes.toString()}`);
      if (!accepted || bytes.equals(original)) return;
      expect(recordHash(bytes)).not.toBe(vector.hash);
      expect(encodePayload(parsePayload(bytes))).toBe(bytes.toString());
    };
    for (let at = 0; at < original.length; at++) {
      const before = original.subarray(0, at);
      judge(Buffer.concat([before, original.subarray(at + 1)]));
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(original);
        flipped[at] = (original[at] as number) ^ (1 << bit);
        judge(flipped);
      }
      for (const byte of replacements) {
        judge(Buffer.concat([before, Buffer.of(byte), original.subarray(at + 1)]));
        judge(Buffer.concat([before, Buffer.of(byte), original.subarray(at)]));
      }
    }
  });
});

describe('an encoder', () => {
  const attributes = (value: TypedValue): Payload => ({ attributes: new Map([['a', value]]) });
  const nested = (levels: number): TypedValue => {
    let value: TypedValue = { type: 'array', value: [] };
    for (let i = 1; i < levels; i++) value = { type: 'array', value: [value] };
    return value;
  };

  test.each<[string, Payload]>([
    ['a lone surrogate', attributes({ type: 'string', value: '\ud800' })],
    ['a lone surrogate in a key', { attributes: new Map([['\udfff', { type: 'bool', value: true }]]) }],
    ['a lone surrogate in the event name', { attributes: new Map(), eventName: 'a\ud800' }],
    ['NaN', attributes({ type: 'double', value: Number.NaN })],
    ['Infinity', attributes({ type: 'double', value: Number.POSITIVE_INFINITY })],
    ['-0', attributes({ type: 'double', value: -0 })],
    ['2^63', attributes({ type: 'int', value: 2n ** 63n })],
    ['-2^63 - 1', attributes({ type: 'int', value: -(2n ** 63n) - 1n })],
    ['a negative time', { attributes: new Map(), timestamp: -1n }],
    ['a time of 65 bits', { attributes: new Map(), observedTimestamp: 2n ** 64n }],
    ['a trace id of zeros', { attributes: new Map(), traceId: '0'.repeat(32) }],
    ['a trace id in upper case', { attributes: new Map(), traceId: 'A'.repeat(32) }],
    ['a short span id', { attributes: new Map(), spanId: 'a'.repeat(15) }],
    ['128 levels of arrays under attributes', attributes(nested(128))],
    ['129 levels of arrays in the body', { attributes: new Map(), body: nested(129) }],
    ['more than 2 MiB', attributes({ type: 'string', value: '\u20ac'.repeat(700_000) })],
  ])('refuses %s', (_name, payload) => {
    expect(() => encodePayload(payload)).toThrow(expect.objectContaining({ code: 'NOT_ENCODABLE' }));
  });

  test('leaves out what is unset or zero and keeps a body that was set', () => {
    expect(encodePayload({ attributes: new Map(), eventName: '', timestamp: 0n, observedTimestamp: 0n })).toBe('{}');
    expect(encodePayload({ attributes: new Map(), body: { type: 'string', value: '' } })).toBe(
      '{"body":{"stringValue":""}}',
    );
  });

  test('writes the bytes of a view, not of the buffer under it', () => {
    const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    expect(encodePayload(attributes({ type: 'bytes', value: view }))).toBe(
      '{"attributes":{"a":{"bytesValue":"AQI="}}}',
    );
  });
});

test('a format error is an instance across copies of the package', () => {
  class Copy extends Error {}
  Object.defineProperty(Copy.prototype, Symbol.for('stepseal.core.FormatError'), { value: true });
  expect(new Copy()).toBeInstanceOf(FormatError);
  expect(new FormatError('MALFORMED', 'x')).toBeInstanceOf(FormatError);
  expect(new Error('x')).not.toBeInstanceOf(FormatError);
  expect(null).not.toBeInstanceOf(FormatError);
});
