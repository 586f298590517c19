// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename } from 'node:path';
import { type Attack, planFor } from '../attack.ts';
import { type DrillStream, type Ground, notesOf, recordsOf } from '../ground.ts';
import type { SegmentLine } from '../segment-lines.ts';

/** Ends that are cut off. */
export const TRUNCATES: readonly Attack[] = [
  {
    kind: 'truncate',
    id: 'truncate-with-notes',
    title: 'the end is cut off, with its notes',
    plan(ground) {
      const cut = cutPoint(ground);
      if (cut === undefined) return 'no stream of the copy holds two notes';
      const { stream, note } = cut;
      const done = `All that follows the note over ${note.number} records is cut off ${basename(stream.path)}: records ${note.number + 1} to ${stream.noted} and their notes.`;
      // Records that a later note signs may stand before this one: they go, too.
      const kept = stream.lines.slice(0, stream.lines.indexOf(note) + 1);
      const lines = kept.filter(({ kind, number }) => kind === 'note' || (kind === 'record' && number <= note.number));
      return planFor(stream, note.number + 1, lines, done);
    },
  },
  {
    kind: 'truncate',
    id: 'truncate-without-notes',
    title: 'the last records are cut off, their notes stay',
    plan(ground) {
      const cut = cutPoint(ground);
      if (cut === undefined) return 'no stream of the copy holds two notes';
      const { stream, note } = cut;
      const lines = stream.lines.filter(
        ({ kind, number }) => kind === 'note' || (kind === 'record' && number <= note.number),
      );
      const done = `Records ${note.number + 1} to ${stream.noted} of ${basename(stream.path)} are cut off; the notes that sign them stay.`;
      return planFor(stream, note.number + 1, lines, done);
    },
  },
  {
    kind: 'truncate',
    id: 'truncate-torn',
    title: 'the end is torn off, as a crash would',
    plan(ground) {
      const stream = ground.streams.at(-1);
      const last = stream && recordsOf(stream).at(-1);
      if (stream === undefined || last === undefined) return 'the copy holds no record';
      const half: SegmentLine = { kind: 'torn', number: 0, bytes: last.bytes.subarray(0, last.bytes.length >>> 1) };
      const lines = [...stream.lines.slice(0, stream.lines.indexOf(last)), half];
      const done = `${basename(stream.path)} ends in the middle of record ${last.number}, as if the machine had crashed there.`;
      return planFor(stream, last.number, lines, done);
    },
  },
];

/** A note with records behind it that another note signs. */
function cutPoint(ground: Ground): { stream: DrillStream; note: SegmentLine } | undefined {
  const stream = ground.stream((one) => notesOf(one).length > 1);
  const note = stream && ground.random.pick(notesOf(stream).slice(0, -1));
  return stream === undefined || note === undefined ? undefined : { stream, note };
}
