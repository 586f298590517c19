// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { cutAfterNote, type StreamBuilder, setAttributes, type TestWriter } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { altered, byName, heads, incomplete, loss, make, streamOf, t } from './make.ts';
import { closedWriter, crashedWriter, rolledWriter } from './streams.ts';

/** Ends and whole streams taken away. */
export function cutStreams(): VectorCase[] {
  const closed = closedWriter();
  const adopted = crashedWriter(true);
  const rolled = rolledWriter();
  const [first, middle, last] = [0, 1, 2].map((index) => streamOf(rolled, index)) as [
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
  ];
  const closedId = streamOf(closed).streamId;
  const adoptedId = streamOf(adopted).streamId;
  const without = (writer: TestWriter, index: number): Map<string, Uint8Array> => {
    const files = byName(writer);
    files.delete(`${streamOf(writer, index).streamId}.ndjson`);
    return files;
  };
  const all = heads([first, middle, last], { [first.streamId]: last.streamId });
  return [
    make(
      'cut-unknown',
      'The closed stream cut at note 3; nobody has seen more of it.',
      closed,
      [incomplete('TAIL_UNSEALED', closedId, 4)],
      { files: altered(closed, (lines) => cutAfterNote(lines, 3)) },
    ),
    make(
      'cut-known',
      'The same, and an earlier run has seen all eight records.',
      closed,
      [t('TRUNCATED', closedId, 4, 8)],
      {
        files: altered(closed, (lines) => cutAfterNote(lines, 3)),
        knownHeads: heads([streamOf(closed)]),
      },
    ),
    make(
      'cut-pinned',
      'The crashed stream cut at note 3 after its successor had adopted seven records.',
      adopted,
      [t('TRUNCATED', adoptedId, 4, 7)],
      { files: altered(adopted, (lines) => cutAfterNote(lines, 3)) },
    ),
    make(
      'tail-edited',
      'Record 7, under no note, edited after the successor had pinned it.',
      adopted,
      [t('MODIFIED', adoptedId, 7), loss(adoptedId)],
      { files: altered(adopted, (lines) => setAttributes(lines, 7, { 'step_up.id': 'x' })) },
    ),
    make(
      'stream-missing',
      'The crashed stream deleted; its successor names it.',
      adopted,
      [t('STREAM_MISSING', adoptedId, 1, 7)],
      { files: without(adopted, 0) },
    ),
    make(
      'stream-not-given',
      'The same, but the one file given does not claim to be everything.',
      adopted,
      [incomplete('STREAM_MISSING', adoptedId, 1, 7)],
      { files: without(adopted, 0), complete: false },
    ),
    make(
      'successor-missing',
      'The last of three rolled streams deleted.',
      rolled,
      [incomplete('SUCCESSOR_MISSING', middle.streamId), loss(middle.streamId)],
      { files: without(rolled, 2) },
    ),
    make(
      'rollback',
      'The same, and an earlier run has seen it.',
      rolled,
      [t('ROLLBACK', last.streamId), incomplete('SUCCESSOR_MISSING', middle.streamId), loss(middle.streamId)],
      { files: without(rolled, 2), knownHeads: all },
    ),
  ];
}
