// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { formatNote, noteLine, type SignatureLine } from '@stepseal/core/format';
import { type NoteLine, noteAt, noteIndex, replaceAt, type TestKey, testKey } from '@stepseal/testkit';
import { ALL, type Base, type BaseName, ENDED } from '../bases.ts';
import { on, type Variant } from '../variant.ts';

/** A stranger with a key of his own under the deployment's name. */
export const ATTACKER: TestKey = testKey('demo.bank', 'attacker');

function withSignatures(
  note: NoteLine,
  change: (text: string, lines: readonly SignatureLine[]) => readonly SignatureLine[],
): NoteLine {
  const split = note.note.lastIndexOf('\n\n');
  const text = note.note.slice(0, split + 1);
  const lines = note.note
    .slice(split + 2)
    .trimEnd()
    .split('\n')
    .map((line): SignatureLine => {
      const [, name = '', encoded = ''] = line.split(' ');
      const bytes = Buffer.from(encoded, 'base64');
      return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
    });
  const changed = formatNote(text, change(text, lines));
  return { ...note, note: changed, text: noteLine(changed) };
}

/** Other signature lines under a note's text. */
export type Resigned = (text: string, lines: readonly SignatureLine[], base: Base) => readonly SignatureLine[];

/** The note of that size with other signature lines. */
export const noteSigned = (
  size: number,
  change: Resigned,
  bases: readonly BaseName[] = size === 19 ? ENDED : ALL,
): Variant =>
  on(bases, (base) =>
    replaceAt(
      base.lines,
      noteIndex(base.lines, size),
      withSignatures(noteAt(base.lines, size), (text, lines) => change(text, lines, base)),
    ),
  );
