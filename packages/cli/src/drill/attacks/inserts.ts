// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { encodePayload, type Payload, recordHash, type TypedValue } from '@stepseal/core/format';
import { type Attack, NOTHING_SUITABLE, planFor, replaceLine } from '../attack.ts';
import { eventLines, nameOf, recordsOf } from '../ground.ts';
import { rewritten, type SegmentLine } from '../segment-lines.ts';
import { sentence } from '../words.ts';

/** Records that were never sealed where they now stand. */
export const INSERTS: readonly Attack[] = [
  {
    kind: 'insert',
    id: 'insert-forged',
    title: 'a made-up record is inserted',
    plan(ground) {
      const target = ground.target(({ stream, line }) => line.number < stream.noted);
      if (target === undefined) return NOTHING_SUITABLE;
      const { stream, line, payload } = target;
      const lines = replaceLine(stream, line, line, follower(line, payload));
      const done = `A made-up record is inserted behind ${nameOf(target)}, with the next number and the right hash of the record before.`;
      return planFor(stream, line.number + 1, lines, done);
    },
  },
  {
    kind: 'insert',
    id: 'insert-foreign',
    title: 'a genuine record of another stream is inserted',
    plan(ground) {
      const target = ground.target(({ stream, line }) => line.number < stream.noted);
      const other = ground.stream((one) => one !== target?.stream && eventLines(one).length > 0);
      const foreign = other && ground.eventOf(other);
      if (target === undefined || foreign === undefined) return 'the copy holds events of one stream only';
      const { stream, line } = target;
      const lines = replaceLine(stream, line, line, foreign.line);
      return planFor(
        stream,
        foreign.line.number,
        lines,
        `${sentence(nameOf(foreign))} is inserted behind ${nameOf(target)}.`,
      );
    },
  },
  {
    kind: 'insert',
    id: 'insert-after-end',
    title: 'a record is added after the end',
    plan(ground) {
      const stream = ground.stream((one) => one.closed && eventLines(one).length > 0);
      const last = stream && recordsOf(stream).at(-1);
      const model = stream && ground.eventOf(stream);
      if (stream === undefined || last === undefined || model === undefined) return 'no stream of the copy is closed';
      const added = follower(last, model.payload);
      const done = `A made-up record ${added.number} is added behind the closing note of ${basename(stream.path)}.`;
      return planFor(stream, added.number, [...stream.lines, added], done);
    },
  },
];

/** A record that claims the place behind another: right number, right link, an id of its own. */
function follower(before: SegmentLine, model: Payload): SegmentLine {
  const number = before.number + 1;
  const text = (value: string): TypedValue => ({ type: 'string', value });
  const id = `01900000-0000-7000-8000-${randomBytes(6).toString('hex')}`;
  const attributes = new Map(model.attributes)
    .set('audit.record.id', text(id))
    .set('audit.sequence.number', { type: 'int', value: BigInt(number) })
    .set('audit.sequence.previous_hash', text(recordHash(before.bytes.subarray(0, -1))));
  return rewritten({ kind: 'record', number, bytes: before.bytes }, encodePayload({ ...model, attributes }));
}
