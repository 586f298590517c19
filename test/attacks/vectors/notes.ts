// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac } from 'node:crypto';
import { formatNote, noteLine, type SignatureLine } from '@stepseal/core/format';
import { dropNotes, noteAt, noteIndex, replaceAt, type SegmentLine } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { ATTACKER, loss, onClosed, t } from './make.ts';

function signedWith(
  lines: readonly SegmentLine[],
  size: number,
  signatures: (text: string, genuine: SignatureLine) => readonly SignatureLine[],
): SegmentLine[] {
  const { note } = noteAt(lines, size);
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const [, name = '', encoded = ''] = note
    .slice(split + 2)
    .trimEnd()
    .split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  const genuine = { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
  const changed = formatNote(text, signatures(text, genuine));
  return replaceAt(lines, noteIndex(lines, size), { kind: 'note', size, note: changed, text: noteLine(changed) });
}

/** Notes taken out or signed otherwise. */
export function forgedNotes(): VectorCase[] {
  return [
    onClosed(
      'note-missing',
      'The note of seal 3 taken out.',
      (lines) => dropNotes(lines, 3),
      (stream) => [t('NOTE_MISSING', stream, 3), loss(stream)],
    ),
    onClosed(
      'note-hmac',
      'The signature of note 6 replaced by an HMAC-SHA-512 keyed with the public key.',
      (lines, { streamKey }) =>
        signedWith(lines, 6, (text, genuine) => [
          { ...genuine, signature: createHmac('sha512', streamKey.publicKey).update(text).digest() },
        ]),
      (stream) => [t('NOTE_INVALID', stream, 6), loss(stream)],
    ),
    onClosed(
      'note-extra-signature',
      'A valid signature of a stranger beside the genuine one of note 6.',
      (lines) => signedWith(lines, 6, (text, genuine) => [genuine, ATTACKER.line(text)]),
      (stream) => [t('NOTE_INVALID', stream, 6), loss(stream)],
    ),
  ];
}
