// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseStreamOrigin, type VerifierKey } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import { expectedOrigin, noteProblem, requiredKeys } from './note-check.ts';
import type { NoteItem } from './region.ts';
import type { OpenFacts } from './stream-facts.ts';
import type { TrustPolicy } from './trust.ts';

/** What is known of a stream's keys when its notes are judged. */
export interface NoteContext {
  readonly open: OpenFacts | undefined;
  readonly policy: TrustPolicy | undefined;
  /** The stream key that a trusted close record names for this stream; outranks what the stream says of itself. */
  readonly named: VerifierKey | undefined;
  /** The stream that the file claims to be, where its open record does not tell. */
  readonly streamId: string | undefined;
  /** True while no note has proved the stream's open record. */
  readonly unproved: boolean;
  readonly check: CheckSwitch;
}

/** The judgement of one note line. */
export interface NoteJudgement {
  /** Undefined where the note is exactly what its stream's keys sign. */
  readonly problem: string | undefined;
  /**
   * What would be wrong if the open record were as it was signed. An identity's signature over a first note stands
   * for itself, because the open record that names the keys may be what was changed; where records lead to the note
   * after all, this is its problem.
   */
  readonly excused: string | undefined;
  /** True where a first note carries the name and key id of a trusted identity, valid or not. */
  readonly claimsTrust: boolean;
}

/** Judges a note by the keys that the stream and the trust policy name; the note itself is never a source of keys. */
export function judgeNote(item: NoteItem, context: NoteContext): NoteJudgement {
  const { open, policy, named, check } = context;
  const { note, checkpoint } = item;
  const origin = originOf(checkpoint.origin);
  const identities = (origin === undefined ? undefined : policy?.deployments.get(origin.deployment)?.identities) ?? [];
  const listed = identities.filter((key) =>
    note.signatures.some((line) => line.name === key.name && line.keyId === key.keyId),
  );
  const identity = listed.find((key) =>
    note.signatures.some(
      (line) => line.keyId === key.keyId && noteProblem({ text: note.text, signatures: [line] }, [key]) === undefined,
    ),
  );
  const judged = { claimsTrust: checkpoint.size === 1 && listed.length > 0, excused: undefined };
  const standsForItself = identity !== undefined && checkpoint.size === 1 && context.unproved;
  const streamKey = named ?? open?.streamKey;
  if (open !== undefined && streamKey !== undefined) {
    const originProblem =
      checkpoint.origin === expectedOrigin(open) ? undefined : `its origin is ${JSON.stringify(checkpoint.origin)}`;
    const keys = requiredKeys({ ...open, streamKey }, checkpoint.size);
    const problem = originProblem ?? (check('note-signatures') ? noteProblem(note, keys) : undefined);
    if (!standsForItself) return { ...judged, problem };
    // A note of a trusted deployment over a record that states another is no alarm: nothing vouches for that record.
    return { ...judged, problem: undefined, excused: open.deployment === origin?.deployment ? problem : undefined };
  }
  if (standsForItself) return { ...judged, problem: undefined };
  if (context.streamId !== undefined && origin?.streamId !== context.streamId)
    return { ...judged, problem: `its origin is ${JSON.stringify(checkpoint.origin)}` };
  if (named !== undefined) return { ...judged, problem: noteProblem(note, [named]) };
  return { ...judged, problem: 'no open record names a key for it' };
}

function originOf(text: string): { deployment: string; streamId: string } | undefined {
  try {
    return parseStreamOrigin(text);
  } catch {
    return undefined;
  }
}
