// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Item } from './region.ts';
import { rankOf } from './sources/export-line.ts';
import type { Segment } from './sources/source.ts';
import { integerOf } from './stream-facts.ts';
import { isSealingEvent } from './stream-state.ts';

const RECORD_HASH = /^[0-9a-f]{64}$/;
/** Records of one number that claim to follow; whoever may write chooses how many there are. */
const MAX_CANDIDATES = 8;

/** When a sealing record says that it was written, ms. */
export interface Sealing {
  readonly number: number;
  readonly timeMs: number;
}

/**
 * What the hash of a record that is not here may have been: what the record behind it names, or what somebody declares
 * that a receiver refused. Nothing of it is believed; the root of the next note decides.
 */
export function absentHashes(segment: Segment, items: readonly Item[]): (number: number) => readonly string[] {
  const present = new Set<number>();
  const named = new Map<number, Set<string>>();
  for (const item of items) {
    // A line that is not well-formed may be the record of its number, changed.
    if (item.kind === 'bad') present.add(rankOf(item.bytes.toString('latin1')));
    if (item.kind !== 'record' || item.number === undefined) continue;
    present.add(item.number);
    if (item.previousHash === undefined || !RECORD_HASH.test(item.previousHash)) continue;
    const hashes = named.get(item.number - 1);
    if (hashes === undefined) named.set(item.number - 1, new Set([item.previousHash]));
    else if (hashes.size < MAX_CANDIDATES) hashes.add(item.previousHash);
  }
  // Where a record of the number stands it was changed or is another's, which is told by its links.
  return (number) => {
    if (number === 1 || present.has(number)) return [];
    return [...new Set([...(segment.refused?.(number) ?? []), ...(named.get(number) ?? [])])];
  };
}

/** The time that a record states, ms; infinite for anything else. */
export function timeOf(item: Item): number {
  return (item.kind === 'record' ? item.timeMs : undefined) ?? Number.POSITIVE_INFINITY;
}

/** First and last number of each row without a hole; of ascending numbers. */
export function rangesOf(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** What the sealing records of a region say of their time, by number. */
export function sealingsOf(items: readonly Item[]): readonly Sealing[] {
  const sealings = items.flatMap((item): Sealing[] => {
    if (item.kind !== 'record' || item.payload === undefined || !isSealingEvent(item.payload.eventName)) return [];
    const timeMs = integerOf(item.payload, 'stepseal.clock.wall_ms') ?? item.timeMs;
    return item.number === undefined || timeMs === undefined ? [] : [{ number: item.number, timeMs }];
  });
  return sealings.sort((a, b) => a.number - b.number);
}
