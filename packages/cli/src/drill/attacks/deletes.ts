// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename } from 'node:path';
import { type Attack, NOTHING_SUITABLE, type Plan, planFor, replaceLine } from '../attack.ts';
import { type DrillStream, eventLines, nameOf, recordsOf, targetOf } from '../ground.ts';
import { sentence } from '../words.ts';

/** Records and streams that are taken away. */
export const DELETES: readonly Attack[] = [
  {
    kind: 'delete',
    id: 'delete-first',
    title: 'the first record is deleted',
    plan(ground) {
      const stream = ground.stream();
      const line = stream && recordsOf(stream)[0];
      if (stream === undefined || line === undefined) return NOTHING_SUITABLE;
      const what = nameOf(targetOf(stream, line));
      return planFor(stream, 1, replaceLine(stream, line), `${sentence(what)} is deleted.`);
    },
  },
  {
    kind: 'delete',
    id: 'delete-middle',
    title: 'a record in the middle is deleted',
    plan(ground) {
      const target = ground.target(({ stream, line }) => line.number < stream.noted);
      if (target === undefined) return NOTHING_SUITABLE;
      const { stream, line } = target;
      return planFor(stream, line.number, replaceLine(stream, line), `${sentence(nameOf(target))} is deleted.`);
    },
  },
  {
    kind: 'delete',
    id: 'delete-last',
    title: 'the last record is deleted, with its note',
    plan(ground) {
      const stream = ground.streams.at(-1);
      const line = stream && recordsOf(stream).at(-1);
      if (stream === undefined || line === undefined || stream.noted < 2) return NOTHING_SUITABLE;
      const lines = stream.lines.slice(0, stream.lines.indexOf(line));
      const what = nameOf(targetOf(stream, line));
      return planFor(stream, line.number, lines, `${sentence(what)} and the note that signs it are deleted.`);
    },
  },
  {
    kind: 'delete',
    id: 'delete-newest-stream',
    title: 'a whole stream is deleted, the newest',
    plan(ground) {
      const stream = ground.streams.at(-1);
      return stream === undefined ? NOTHING_SUITABLE : gone(stream);
    },
  },
  {
    kind: 'delete',
    id: 'delete-older-stream',
    title: 'a whole stream is deleted, an older one',
    plan(ground) {
      const newest = ground.streams.at(-1);
      const stream = ground.stream((one) => one !== newest);
      return stream === undefined ? 'the copy holds one stream only' : gone(stream);
    },
  },
];

function gone(stream: DrillStream): Plan {
  const events = eventLines(stream).length;
  return {
    done: `The file ${basename(stream.path)} is deleted, with ${stream.noted} records, ${events} of them events.`,
    stream: stream.id,
    files: new Map([[stream.path, null]]),
  };
}
