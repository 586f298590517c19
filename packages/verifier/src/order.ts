// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { FindingLog } from './finding-log.ts';
import type { Item, NoteItem, RecordItem } from './region.ts';

/**
 * Lines of a segment stand in order: records by number, notes by size and behind the record they cover last. Names
 * the smallest range that holds every line out of its place.
 */
export function judgeOrder(items: readonly Item[], members: ReadonlySet<Item>, log: FindingLog): void {
  const records = items.filter((item): item is RecordItem => item.kind === 'record' && members.has(item));
  const notes = items.filter((item): item is NoteItem => item.kind === 'note' && members.has(item));
  const moved = displaced(records.map((item) => item.number ?? 0));
  if (moved !== undefined)
    log.add({
      code: 'REORDERED',
      from: moved[0],
      to: moved[1],
      evidence: `Records ${moved[0]} to ${moved[1]} do not stand in order.`,
    });
  const movedNotes = displaced(notes.map((item) => item.checkpoint.size));
  if (movedNotes !== undefined)
    log.add({
      code: 'REORDERED',
      from: movedNotes[0],
      to: movedNotes[1],
      evidence: `The notes over ${movedNotes[0]} to ${movedNotes[1]} records do not stand in order.`,
    });
  if (moved !== undefined || movedNotes !== undefined) return;
  const place = new Map(records.map((item) => [item.number, item.index]));
  for (const { checkpoint, index, offset } of notes)
    if ((place.get(checkpoint.size) ?? -1) > index)
      log.add({
        code: 'REORDERED',
        from: checkpoint.size,
        to: checkpoint.size,
        offset,
        evidence: `The note over ${checkpoint.size} records stands before the last of them.`,
      });
}

/** The smallest and largest of the numbers that are not where sorting would put them. */
export function displaced(numbers: readonly number[]): readonly [number, number] | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const wrong = sorted.filter((number, index) => number !== numbers[index]);
  const [first] = wrong;
  return first === undefined ? undefined : [first, wrong.at(-1) ?? first];
}
