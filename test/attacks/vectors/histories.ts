// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { relink, resign, type SegmentLine, segmentBytes, setAttributes, splitSegment } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { byName, heads, info, loss, make, streamOf, t } from './make.ts';
import { closedWriter } from './streams.ts';

/** One stream told twice. */
export function twoHistories(): VectorCase[] {
  const closed = closedWriter();
  const stream = streamOf(closed);
  const rewritten = (lines: readonly SegmentLine[]): SegmentLine[] =>
    resign(relink(setAttributes(lines, 4, { 'step_up.id': 'x' }), 5), {
      deployment: stream.deployment,
      streamId: stream.streamId,
      keys: (size) => (size > 3 ? [stream.streamKey] : undefined),
    });
  const files = byName(closed);
  const [genuine = new Uint8Array()] = files.values();
  const second = segmentBytes(rewritten(splitSegment(genuine)));
  return [
    make(
      'equivocation',
      'Two files of one stream, the same up to record 3, each wholly under notes of the stream\u2019s key.',
      closed,
      [t('EQUIVOCATION', stream.streamId, 4), loss(stream.streamId), loss(stream.streamId)],
      {
        files: new Map([
          ['one.ndjson', genuine],
          ['two.ndjson', second],
        ]),
      },
    ),
    make(
      'equivocation-known',
      'Only the second of them, and an earlier run has seen the first.',
      closed,
      [t('EQUIVOCATION', stream.streamId, 1, 8), loss(stream.streamId)],
      { files: new Map([['two.ndjson', second]]), knownHeads: heads([stream]) },
    ),
    make(
      'duplicate',
      'Two files with the same bytes.',
      closed,
      [info('DUPLICATE_IDENTICAL', stream.streamId, 1, 8), loss(stream.streamId), loss(stream.streamId)],
      {
        files: new Map([
          ['one.ndjson', genuine],
          ['two.ndjson', genuine],
        ]),
      },
    ),
  ];
}
