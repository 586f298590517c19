// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJson, formatLine, styled } from '../src/render/line.ts';

const anything = fc.string({ unit: 'binary', maxLength: 50 });
// Whole code units, lone surrogates among them, as a hostile file name or record may hold.
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 })
  .map((codes) => String.fromCharCode(...codes));
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;

describe('nothing that a terminal would obey gets through', () => {
  it('in a line, whatever its text', () => {
    fc.assert(
      fc.property(fc.oneof(anything, units), (text) => {
        expect(formatLine(text, false)).not.toMatch(UNSEEN);
        expect(formatLine(['a', styled('bad', text)], false)).not.toMatch(UNSEEN);
      }),
      { interruptAfterTimeLimit: 5000 },
    );
  });

  it('with colour on, but for the two sequences around a styled span', () => {
    fc.assert(
      fc.property(fc.oneof(anything, units), (text) => {
        const line = formatLine([styled('bad', text)], true);
        expect(line.startsWith('\u001B[1;31m') && line.endsWith('\u001B[0m')).toBe(true);
        expect(line.slice(7, -4)).not.toMatch(UNSEEN);
      }),
      { interruptAfterTimeLimit: 5000 },
    );
  });

  it('in JSON, which still says the same', () => {
    fc.assert(
      fc.property(fc.oneof(anything, units), (text) => {
        const json = formatJson({ [text]: [text] });
        expect(json.replaceAll('\n', '')).not.toMatch(UNSEEN);
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
      }),
      { interruptAfterTimeLimit: 5000 },
    );
  });
});

it('leaves ordinary text as it is, of any script', () => {
  expect(formatLine('Überweisung 1.000 €, 送金 "ok"', false)).toBe('Überweisung 1.000 €, 送金 "ok"');
});
