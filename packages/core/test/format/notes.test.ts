// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCheckpoint,
  formatNote,
  formatVkey,
  isDeploymentName,
  isNoteLine,
  keyId,
  noteLine,
  parseCheckpoint,
  parseNote,
  parseNoteLine,
  parseStreamOrigin,
  parseVkey,
  streamOrigin,
  verifySignature,
} from '../../src/format/index.ts';
import { readVectors } from './vectors.ts';

interface NoteVector {
  name: string;
  note: string;
  text: string;
  signatures: { name: string; keyId: string; signature: string }[];
  vkeys?: string[];
}
const notes = readVectors<{ valid: NoteVector[]; invalid: { name: string; note: string }[] }>('notes.json');
const checkpoints = readVectors<{
  valid: { name: string; text: string; origin: string; size: number; root: string }[];
  invalid: { name: string; text: string }[];
  origins: { origin: string; deployment: string; streamId: string }[];
  invalidOrigins: string[];
}>('checkpoints.json');
const vkeys = readVectors<{
  valid: { name: string; vkey: string; keyName: string; keyId: string; publicKey: string; fingerprint: string }[];
  invalid: { name: string; vkey: string }[];
}>('vkeys.json');
const noteLines = readVectors<{
  valid: { name: string; note: string; line: string }[];
  invalid: { name: string; line: string; start: boolean }[];
}>('note-lines.json');

describe('signed notes', () => {
  test.each(notes.valid)('are read and written back: $name', (vector) => {
    const parsed = parseNote(vector.note);
    const signatures = parsed.signatures.map((line) => ({
      name: line.name,
      keyId: line.keyId.toString(16).padStart(8, '0'),
      signature: Buffer.from(line.signature).toString('hex'),
    }));
    expect({ text: parsed.text, signatures }).toEqual({ text: vector.text, signatures: vector.signatures });
    expect(formatNote(parsed.text, parsed.signatures)).toBe(vector.note);
    for (const [i, vkey] of (vector.vkeys ?? []).entries()) {
      const line = parsed.signatures[i];
      const key = parseVkey(vkey);
      expect([line?.name, line?.keyId]).toEqual([key.name, key.keyId]);
      expect(verifySignature(key, parsed.text, line?.signature ?? Buffer.alloc(0))).toBe(true);
      expect(verifySignature(key, `${parsed.text}\n`, line?.signature ?? Buffer.alloc(0))).toBe(false);
    }
  });

  test.each(notes.invalid)('are refused: $name', ({ note }) => {
    expect(() => parseNote(note)).toThrow(
      expect.objectContaining({ name: 'FormatError', code: expect.stringMatching(/^(NOTE_MALFORMED|TOO_LARGE)$/) }),
    );
  });

  test('are never written in a form that would be read otherwise', () => {
    const signatures = [{ name: 'k', keyId: 1, signature: Buffer.alloc(64) }];
    for (const text of ['', 'a', 'a\r\n', 'a\ud800\n']) expect(() => formatNote(text, signatures)).toThrow();
    expect(() => formatNote('a\n', [])).toThrow();
    expect(() => formatNote('a\n', [{ name: 'a b', keyId: 1, signature: Buffer.alloc(64) }])).toThrow();
    expect(() => formatNote('a\n', [{ name: 'k', keyId: 1, signature: Buffer.alloc(0) }])).toThrow();
    expect(() =>
      formatNote(
        'a\n',
        Array.from({ length: 17 }, () => signatures[0] as never),
      ),
    ).toThrow();
  });

  test('are written back the same whatever bytes they came from', () => {
    const valid = notes.valid.filter(({ note }) => note.length < 1000).map(({ note }) => note);
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.nat(),
        fc.nat({ max: 2 }),
        fc.string({ maxLength: 2 }),
        (note, at, cut, add) => {
          const start = at % (note.length + 1);
          const edited = note.slice(0, start) + add + note.slice(start + cut);
          let parsed: ReturnType<typeof parseNote>;
          try {
            parsed = parseNote(edited);
          } catch (error) {
            expect(error).toMatchObject({ name: 'FormatError' });
            return;
          }
          expect(formatNote(parsed.text, parsed.signatures)).toBe(edited);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('checkpoints', () => {
  test.each(checkpoints.valid)('are read and written back: $name', ({ text, origin, size, root }) => {
    expect(parseCheckpoint(text)).toEqual({ origin, size, root });
    expect(formatCheckpoint({ origin, size, root })).toBe(text);
  });

  test.each(checkpoints.invalid)('are refused: $name', ({ text }) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_MALFORMED' }));
  });

  test('are never written in a form that would not be read', () => {
    const root = Buffer.alloc(32).toString('base64');
    for (const origin of ['', 'a\nb', 'a\u0000', '\ud800']) {
      expect(() => formatCheckpoint({ origin, size: 1, root })).toThrow();
    }
    for (const size of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => formatCheckpoint({ origin: 'x', size, root })).toThrow();
    }
    for (const bad of ['', root.slice(0, -1), `${root}\n`]) {
      expect(() => formatCheckpoint({ origin: 'x', size: 1, root: bad })).toThrow();
    }
  });
});

describe("streams' origins", () => {
  test.each(checkpoints.origins)('are read and written back: $origin', ({ origin, deployment, streamId }) => {
    expect(parseStreamOrigin(origin)).toEqual({ deployment, streamId });
    expect(streamOrigin(deployment, streamId)).toBe(origin);
    expect(isDeploymentName(deployment)).toBe(true);
  });

  test.each(checkpoints.invalidOrigins)('are refused: %j', (origin) => {
    expect(() => parseStreamOrigin(origin)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_MALFORMED' }));
  });

  test('are not written for names that are none', () => {
    const id = '00000000-0000-7000-8000-000000000000';
    for (const name of ['', 'A', 'a b', 'a/', '/a', 'a//b', 'a_b', 'a+b', 'a\n', 'a'.repeat(256)]) {
      expect(isDeploymentName(name)).toBe(false);
      expect(() => streamOrigin(name, id)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_MALFORMED' }));
    }
    expect(() => streamOrigin('a', id.toUpperCase().replace('0', 'A'))).toThrow();
  });
});

describe('verifier keys', () => {
  test.each(vkeys.valid)('are read and written back: $name', (vector) => {
    const key = parseVkey(vector.vkey);
    expect({
      keyName: key.name,
      keyId: key.keyId.toString(16).padStart(8, '0'),
      publicKey: Buffer.from(key.publicKey).toString('hex'),
      fingerprint: key.fingerprint,
    }).toEqual({
      keyName: vector.keyName,
      keyId: vector.keyId,
      publicKey: vector.publicKey,
      fingerprint: vector.fingerprint,
    });
    expect(formatVkey(key.name, key.publicKey)).toBe(vector.vkey);
    expect(keyId(key.name, key.publicKey)).toBe(key.keyId);
  });

  test.each(vkeys.invalid)('are refused: $name', ({ vkey }) => {
    expect(() => parseVkey(vkey)).toThrow(expect.objectContaining({ code: 'VKEY_MALFORMED' }));
  });
});

describe('note lines', () => {
  test.each(noteLines.valid)('are read and written back: $name', ({ note, line }) => {
    expect(isNoteLine(Buffer.from(line))).toBe(true);
    expect(isNoteLine(Buffer.from(`{}\n${line}`), 3)).toBe(true);
    expect(parseNoteLine(Buffer.from(line))).toBe(note);
    expect(noteLine(note)).toBe(line);
  });

  test.each(noteLines.invalid)('are refused: $name', ({ line, start }) => {
    expect(isNoteLine(Buffer.from(line))).toBe(start);
    expect(() => parseNoteLine(Buffer.from(line))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });

  test('hold the largest note, and a byte more is refused before it is read', () => {
    const note = '\u0001'.repeat(16_384);
    expect(parseNoteLine(Buffer.from(noteLine(note)))).toBe(note);
    expect(() => parseNoteLine(Buffer.from(noteLine(`${note}\u0001`.repeat(2))))).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
  });
});
