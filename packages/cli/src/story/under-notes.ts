// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { MerkleTree } from '@stepseal/core/format';
import type { Report, SealedRecord } from '@stepseal/verifier';

/**
 * Of the record hashes asked for, those under the last trusted note of their stream. Where something is wrong with what
 * was read, a record may claim a stream and a number that are another's. So a file counts only when its records, in the
 * order of their numbers, make the root of the note; what else stands in it proves nothing.
 */
export async function hashesUnderNotes(
  records: AsyncIterable<SealedRecord>,
  { streams }: Report,
  asked: ReadonlySet<string>,
): Promise<Set<string>> {
  const notes = new Map(streams.flatMap((stream) => (stream.trusted ? [[stream.streamId, stream.lastNote]] : [])));
  const runs = new Map<string, { readonly tree: MerkleTree; readonly hashes: string[] }>();
  const proved = new Set<string>();
  for await (const { streamId = '', number, hash, source } of records) {
    const note = notes.get(streamId);
    if (note === undefined) continue;
    const place = `${source}\0${streamId}`;
    const run = runs.get(place) ?? { tree: new MerkleTree(), hashes: [] };
    runs.set(place, run);
    const { tree, hashes } = run;
    if (number !== tree.size + 1 || number > note.size) continue;
    tree.append(hash);
    if (asked.has(hash)) hashes.push(hash);
    if (tree.size === note.size && tree.root() === note.root) for (const one of hashes) proved.add(one);
  }
  return proved;
}
