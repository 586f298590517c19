// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { noteProblem, requiredKeys } from './note-check.ts';
import { type RecordItem, readRegion } from './region.ts';
import type { Segment } from './sources/source.ts';
import { openFacts } from './stream-facts.ts';

/** Streams whose records are kept in memory for this; records of others count as made up. */
const MAX_STREAMS = 32;

/**
 * Answers whether a record stands under a note of the stream that it names: then somebody moved a genuine record
 * here, else he made one up.
 *
 * @param segmentsOf - The segments that claim to be of a stream.
 */
export function coverage(segmentsOf: (streamId: string) => readonly Segment[]): (item: RecordItem) => boolean {
  const covered = new Map<string, ReadonlySet<string>>();
  return (item) => {
    if (item.streamId === undefined) return false;
    let hashes = covered.get(item.streamId);
    if (hashes === undefined) {
      if (covered.size === MAX_STREAMS) return false;
      hashes = new Set(segmentsOf(item.streamId).flatMap((segment) => coveredHashes(segment, item.streamId as string)));
      covered.set(item.streamId, hashes);
    }
    return hashes.has(item.hash);
  };
}

function coveredHashes(segment: Segment, streamId: string): string[] {
  const { items } = readRegion(segment, 0);
  const records = items.filter((item) => item.kind === 'record').filter((item) => item.streamId === streamId);
  const first = records.find((item) => item.number === 1)?.payload;
  const open = first === undefined ? undefined : openFacts(first);
  if (open === undefined) return [];
  const sizes = items.flatMap((item) =>
    item.kind === 'note' && noteProblem(item.note, requiredKeys(open, item.checkpoint.size)) === undefined
      ? [item.checkpoint.size]
      : [],
  );
  const last = sizes.reduce((most, size) => Math.max(most, size), 0);
  return records.filter((item) => (item.number ?? Infinity) <= last).map((item) => item.hash);
}
