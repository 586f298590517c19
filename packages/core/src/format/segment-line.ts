// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { canonicalJson } from './canonical.ts';
import { LIMITS } from './limits.ts';
import { parseStrictJson } from './strict-json.ts';

const NOTE_START = Buffer.from('{"note":');

/** A note as a line of a segment, without the line feed (docs/spec/segment.md). */
export function noteLine(note: string): string {
  return canonicalJson({ note });
}

/**
 * Whether the line that starts at `start` is a note line. No payload starts like one, because its keys are fixed.
 */
export function isNoteLine(bytes: Uint8Array, start = 0): boolean {
  if (bytes.length - start < NOTE_START.length) return false;
  for (let i = 0; i < NOTE_START.length; i++) {
    if (bytes[start + i] !== NOTE_START[i]) return false;
  }
  return true;
}

/**
 * The note of a note line, given without its line feed. The note itself is not parsed.
 *
 * @throws FormatError `MALFORMED`, `TOO_LARGE`
 */
export function parseNoteLine(bytes: Uint8Array): string {
  // An escaped note is at most six times as long as the note.
  const value = parseStrictJson(bytes, { maxBytes: LIMITS.noteBytes * 6 + 16, maxDepth: 1 });
  const note = value instanceof Map && value.size === 1 ? value.get('note') : undefined;
  if (typeof note !== 'string') throw new FormatError('MALFORMED', 'not a note line');
  if (Buffer.compare(Buffer.from(noteLine(note)), bytes) !== 0) {
    throw new FormatError('MALFORMED', 'a note line is not canonical');
  }
  return note;
}
