// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { BadItem } from './region.ts';

/** What a disk writes at once; a power cut loses whole ones. */
const SECTOR_BYTES = 512;

/**
 * Tells whether a line could be what a crash left of the closing note: a beginning of it, zeros, or a note with holes
 * of whole sectors. The close record before it was on the disk, so that a hole begins with the line or at a sector.
 * No single altered byte looks like any of these, and whoever makes one could as well have cut the note off.
 */
export function couldBeTornNote(item: BadItem): boolean {
  const { bytes, offset, unterminated } = item;
  const holes = zeroRuns(bytes);
  if (unterminated) {
    const last = holes.at(-1);
    const begun = bytes.toString('latin1', 0, last?.[1] === bytes.length ? last[0] : bytes.length);
    if ('{"note":"'.startsWith(begun) || /^\{"note":"[^"]*("\}?)?$/.test(begun)) return true;
  }
  const aligned = ([from, to]: readonly [number, number]): boolean =>
    (from === 0 || (offset + from) % SECTOR_BYTES === 0) && (to === bytes.length || (offset + to) % SECTOR_BYTES === 0);
  return holes.length > 0 && holes.every(aligned);
}

function zeroRuns(bytes: Uint8Array): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (let from = bytes.indexOf(0); from !== -1; ) {
    let to = from + 1;
    while (bytes[to] === 0) to += 1;
    runs.push([from, to]);
    from = bytes.indexOf(0, to);
  }
  return runs;
}
