// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, FormatError, type JsonValue, parseStrictJson } from '../../src/format/index.ts';
import { readVectors } from './vectors.ts';

const vectors = readVectors<{
  numbers: { ieee754: string; text: string | null }[];
  samples: { name: string; input: string; hex: string }[];
  refused: { name: string; input: string }[];
}>('jcs.json');

function doubleOf(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE(0);
}

describe('canonical JSON', () => {
  test.each(vectors.numbers)('RFC 8785 appendix B: the double $ieee754 is written $text', ({ ieee754, text }) => {
    if (text === null) expect(() => canonicalJson(doubleOf(ieee754))).toThrow(FormatError);
    else expect(canonicalJson(doubleOf(ieee754))).toBe(text);
  });

  test.each(vectors.samples)('$name comes out in the published bytes', ({ input, hex }) => {
    expect(Buffer.from(canonicalJson(parseStrictJson(Buffer.from(input)))).toString('hex')).toBe(hex);
    expect(Buffer.from(canonicalJson(JSON.parse(input))).toString('hex')).toBe(hex);
  });

  test.each(['\ud800', 'a\udfff', '\ude00\ud83d', '\ud83d\ud83d\ude00'])('a lone surrogate is refused', (text) => {
    for (const value of [text, [text], { a: text }, { [text]: 1 }]) {
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'NOT_ENCODABLE' }));
    }
  });

  test.each<unknown>([undefined, 1n, Symbol('x'), () => 1, [[undefined]], { a: undefined }])(
    'a value that JSON does not have is refused, not left out',
    (value) => {
      expect(() => canonicalJson(value as JsonValue)).toThrow(expect.objectContaining({ code: 'NOT_ENCODABLE' }));
    },
  );

  test('a cycle ends in an error, not in a stack overflow', () => {
    const cycle: JsonValue[] = [];
    cycle.push(cycle);
    expect(() => canonicalJson(cycle)).toThrow(expect.objectContaining({ code: 'NOT_ENCODABLE' }));
  });

  test('npm canonicalize writes the same text for every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
        expect(canonicalJson(value as JsonValue)).toBe(canonicalize(value));
      }),
      { numRuns: 2000 },
    );
  });

  test('npm canonicalize writes the same text for every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('strict JSON', () => {
  test.each(vectors.refused)('$name is refused with a position', ({ input }) => {
    expect(() => parseStrictJson(Buffer.from(input))).toThrow(
      expect.objectContaining({ code: 'MALFORMED', message: expect.stringMatching(/ at byte \d+$/) }),
    );
  });

  test('bytes that are not UTF-8 are refused', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xc0, 0x80, 0x22]))).toThrow(
      expect.objectContaining({ code: 'MALFORMED', offset: 1 }),
    );
    expect(() => parseStrictJson(Buffer.from('["é\u{1f600}", "cut \u20ac'.normalize()).subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'MALFORMED', offset: 16 }),
    );
  });

  test('the offset counts bytes, not characters', () => {
    expect(() => parseStrictJson(Buffer.from('["é😀",x]'))).toThrow(expect.objectContaining({ offset: 10 }));
  });

  test('what JSON.parse reads without ambiguity is read the same', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), (text) => {
        expect(canonicalJson(parseStrictJson(Buffer.from(text)))).toBe(canonicalize(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });

  test('what JSON.parse refuses is refused', () => {
    const fragments = fc.constantFrom(
      ...Array.from('{}[]",:\\u0019.eE+-\t\n tfn'),
      'true',
      'null',
      '"a"',
      '1',
      '\\u00',
      '\\n',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let accepted = true;
        try {
          parseStrictJson(Buffer.from(text));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          accepted = false;
        }
        if (accepted) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });

  test.each(['['.repeat(128) + ']'.repeat(128), `${'{"a":'.repeat(127)}{}${'}'.repeat(127)}`])(
    '128 levels are read',
    (text) => {
      expect(canonicalJson(parseStrictJson(Buffer.from(text)))).toBe(text);
    },
  );

  test('size and depth are bounded as the caller says', () => {
    expect(parseStrictJson(Buffer.from('[[1]]'), { maxBytes: 5, maxDepth: 2 })).toEqual([[1]]);
    expect(() => parseStrictJson(Buffer.from('[[1]]'), { maxBytes: 4 })).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
    expect(() => parseStrictJson(Buffer.from('[[1]]'), { maxDepth: 1 })).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
    expect(() => parseStrictJson(Buffer.from('['.repeat(600) + ']'.repeat(600)), { maxDepth: 1e9 })).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
  });
});
