// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  dropRecords,
  insertAt,
  lineHash,
  rawLine,
  recordAt,
  recordIndex,
  type SegmentLine,
  StreamBuilder,
  swapNotes,
  swapRecords,
} from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { altered, byName, loss, make, onClosed, streamOf, t } from './make.ts';
import { closedWriter, otherWriter } from './streams.ts';

function forgedRecord(lines: readonly SegmentLine[], stream: StreamBuilder, number: number): SegmentLine {
  const text = new StreamBuilder({ label: 'forger', streamId: stream.streamId, clock: stream.clock }).payloadText(
    'step_up.access',
    { 'step_up.id': 'b', 'step_up.access.result': 'granted' },
    { number, previousHash: lineHash(recordAt(lines, number - 1)) },
  );
  return { kind: 'record', number, text };
}

/** Lines taken out, put in, or moved. */
export function movedLines(): VectorCase[] {
  const other = otherWriter();
  const foreign = closedWriter();
  return [
    onClosed(
      'record-missing',
      'Record 4 taken out.',
      (lines) => dropRecords(lines, 4),
      (stream) => [t('RECORD_MISSING', stream, 4)],
    ),
    onClosed(
      'genesis-missing',
      'The first two records taken out, and the open note.',
      (lines) => lines.slice(recordIndex(lines, 2) + 1),
      (stream) => [t('GENESIS_MISSING', stream, 1, 2)],
    ),
    onClosed(
      'records-reordered',
      'Records 4 and 5 changed places.',
      (lines) => swapRecords(lines, 4, 5),
      (stream) => [t('REORDERED', stream, 4, 5), loss(stream)],
    ),
    onClosed(
      'notes-reordered',
      'The notes of records 3 and 6 changed places.',
      (lines) => swapNotes(lines, 3, 6),
      (stream) => [t('REORDERED', stream, 3, 6), loss(stream)],
    ),
    onClosed(
      'inserted',
      'A second record 4, made without any key, before the genuine one.',
      (lines, stream) => insertAt(lines, recordIndex(lines, 4), forgedRecord(lines, stream, 4)),
      (stream) => [t('INSERTED', stream, 4), loss(stream)],
    ),
    make(
      'foreign-stream',
      'A genuine record of another stream among those of this one.',
      foreign,
      [t('FOREIGN_STREAM', streamOf(foreign).streamId, 3), loss(streamOf(foreign).streamId)],
      {
        files: new Map([
          ...byName(other),
          ...altered(foreign, (lines) => insertAt(lines, recordIndex(lines, 5), recordAt(streamOf(other).lines, 3))),
        ]),
      },
    ),
    onClosed(
      'after-end',
      'An old record once more behind the closing note.',
      (lines) => [...lines, recordAt(lines, 4)],
      (stream) => [t('AFTER_END', stream, 4), loss(stream)],
    ),
    onClosed(
      'trailing-data',
      'A remark behind the closing note.',
      (lines) => [...lines, rawLine('# checked\n')],
      (stream) => [t('TRAILING_DATA', stream, 8), loss(stream)],
    ),
  ];
}
