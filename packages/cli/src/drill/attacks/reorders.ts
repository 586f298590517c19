// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename } from 'node:path';
import { type Attack, NOTHING_SUITABLE, planFor } from '../attack.ts';
import { type DrillStream, eventLines, notesOf, payloadOf } from '../ground.ts';
import type { SegmentLine } from '../segment-lines.ts';

/** Lines that change places. */
export const REORDERS: readonly Attack[] = [
  {
    kind: 'reorder',
    id: 'reorder-records',
    title: 'two records change places',
    plan(ground) {
      const stream = ground.stream((one) => eventLines(one).length > 1);
      if (stream === undefined) return 'no stream of the copy holds two events';
      const events = eventLines(stream);
      const at = ground.random.below(events.length - 1);
      const [first, second] = events.slice(at, at + 2);
      if (first === undefined || second === undefined) return NOTHING_SUITABLE;
      const names = [first, second].map((line) => `${line.number} (${payloadOf(line).eventName ?? 'no name'})`);
      const done = `Records ${names.join(' and ')} of ${basename(stream.path)} change places.`;
      return planFor(stream, first.number, swapped(stream, first, second), done);
    },
  },
  {
    kind: 'reorder',
    id: 'reorder-notes',
    title: 'two notes change places',
    plan(ground) {
      const stream = ground.stream((one) => notesOf(one).length > 1);
      const notes = stream === undefined ? [] : notesOf(stream);
      const at = notes.length < 2 ? 0 : ground.random.below(notes.length - 1);
      const [first, second] = notes.slice(at, at + 2);
      if (stream === undefined || first === undefined || second === undefined)
        return 'no stream of the copy holds two notes';
      const done = `The notes over ${first.number} and over ${second.number} records of ${basename(stream.path)} change places.`;
      return planFor(stream, first.number, swapped(stream, first, second), done);
    },
  },
];

function swapped(stream: DrillStream, first: SegmentLine, second: SegmentLine): SegmentLine[] {
  return stream.lines.map((line) => (line === first ? second : line === second ? first : line));
}
