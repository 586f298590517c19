// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type Checkpoint,
  FormatError,
  parseCheckpoint,
  parseNote,
  parseNoteLine,
  type SignedNote,
  streamOrigin,
  type VerifierKey,
  verifySignature,
  verifySignatureAsync,
} from '@stepseal/core/format';
import type { OpenFacts } from './stream-facts.ts';

/** A note line taken apart; who signed it is not yet known. */
export interface ParsedNoteLine {
  readonly note: SignedNote;
  readonly checkpoint: Checkpoint;
}

/**
 * Takes a note line apart. The bytes are controlled by whoever can write the segment.
 *
 * @throws FormatError where the line, the note or the checkpoint is not of its exact form.
 */
export function readNoteLine(line: Uint8Array): ParsedNoteLine {
  const note = parseNote(parseNoteLine(line));
  const checkpoint = parseCheckpoint(note.text);
  // A stream's smallest note covers its open record; a note over nothing is no note of a stream.
  if (checkpoint.size === 0) throw new FormatError('CHECKPOINT_MALFORMED', 'a note over no records');
  return { note, checkpoint };
}

/** The keys whose signatures a note of this size must carry: exactly these, in this order (evidence format, section 4). */
export function requiredKeys(open: OpenFacts, size: number): readonly VerifierKey[] {
  return size === 1 && open.identityKey !== undefined ? [open.identityKey, open.streamKey] : [open.streamKey];
}

/** The origin that every note of the stream carries. */
export function expectedOrigin(open: OpenFacts): string {
  return streamOrigin(open.deployment, open.streamId);
}

/** Tells what is wrong with a note's signature lines before any signature is checked; undefined where nothing is. */
function signatureSetProblem(note: SignedNote, keys: readonly VerifierKey[]): string | undefined {
  if (note.signatures.length !== keys.length)
    return `it carries ${note.signatures.length} signature(s), ${keys.length} expected`;
  const stranger = note.signatures.findIndex(
    (line, index) => line.name !== keys[index]?.name || line.keyId !== keys[index]?.keyId,
  );
  return stranger === -1 ? undefined : `signature line ${stranger + 1} is not of the key that the open record names`;
}

/** Checks that a note carries exactly the signatures of `keys`, in the thread pool. */
export async function verifyNoteAsync(note: SignedNote, keys: readonly VerifierKey[]): Promise<boolean> {
  if (signatureSetProblem(note, keys) !== undefined) return false;
  const results = await Promise.all(
    note.signatures.map((line, index) => verifySignatureAsync(keys[index] as VerifierKey, note.text, line.signature)),
  );
  return results.every(Boolean);
}

/** Tells what is wrong with a note's signatures; undefined where they are exactly those of `keys`, all valid. */
export function noteProblem(note: SignedNote, keys: readonly VerifierKey[]): string | undefined {
  const problem = signatureSetProblem(note, keys);
  if (problem !== undefined) return problem;
  const bad = note.signatures.findIndex(
    (line, index) => !verifySignature(keys[index] as VerifierKey, note.text, line.signature),
  );
  return bad === -1 ? undefined : `signature ${bad + 1} does not verify`;
}
