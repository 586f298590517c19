// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { isWellFormed } from './json-text.ts';
import { isKeyName } from './key-name.ts';
import { LIMITS } from './limits.ts';

/** One signature line of a note. Nothing in it is verified yet. */
export interface SignatureLine {
  /** The key's name. */
  readonly name: string;
  /** 32 bits that tell keys of one name apart; a hint, not a proof. */
  readonly keyId: number;
  /** The bytes after the key id; 64 of them for Ed25519. */
  readonly signature: Uint8Array;
}

/** A signed note (C2SP signed-note): the signed text with its final newline, and the signature lines in order. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

// Control characters below U+0020 but the newline.
const CONTROL = /[^\P{Cc}\n\u007f-\u009f]/u;

/**
 * Reads a signed note and refuses every text that is not exactly one (C2SP signed-note, and the limits of
 * docs/spec/README.md).
 *
 * @throws FormatError `NOTE_MALFORMED`, `TOO_LARGE`
 */
export function parseNote(text: string): SignedNote {
  if (text.length > LIMITS.noteBytes || Buffer.byteLength(text) > LIMITS.noteBytes) {
    throw new FormatError('TOO_LARGE', `a note has more than ${LIMITS.noteBytes} bytes`);
  }
  if (!isWellFormed(text) || CONTROL.test(text)) fail('a note holds a character that may not stand there');
  const split = text.lastIndexOf('\n\n');
  if (split < 0) fail('a note has no blank line before its signatures');
  if (!text.endsWith('\n')) fail('a note does not end in a newline');
  const lines = text.slice(split + 2).split('\n');
  lines.pop();
  if (lines.length === 0) fail('a note has no signature');
  if (lines.length > LIMITS.noteSignatures) {
    throw new FormatError('TOO_LARGE', `a note has more than ${LIMITS.noteSignatures} signatures`);
  }
  return { text: text.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/**
 * The note of `text`, which ends in a newline, and its signatures.
 *
 * @throws FormatError `NOTE_MALFORMED`, `TOO_LARGE` if {@link parseNote} would not read it back
 */
export function formatNote(text: string, signatures: readonly SignatureLine[]): string {
  if (!text.endsWith('\n')) fail('the text of a note ends in a newline');
  const note = `${text}\n${signatures.map(formatSignatureLine).join('')}`;
  if (parseNote(note).text !== text) fail('the text of a note cannot be told from its signatures');
  return note;
}

function parseSignatureLine(line: string): SignatureLine {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  if (dash !== '\u2014' || more.length > 0 || !isKeyName(name)) fail('a signature line is malformed');
  const bytes = decodeBase64(encoded);
  if (bytes === undefined || bytes.length < 5) fail('a signature is malformed');
  return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
}

function formatSignatureLine(line: SignatureLine): string {
  const bytes = Buffer.alloc(4 + line.signature.length);
  bytes.writeUInt32BE(line.keyId, 0);
  bytes.set(line.signature, 4);
  return `\u2014 ${line.name} ${bytes.toString('base64')}\n`;
}

function fail(reason: string): never {
  throw new FormatError('NOTE_MALFORMED', reason);
}
