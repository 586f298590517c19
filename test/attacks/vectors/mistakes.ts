// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { StreamBuilder, type TestWriter, writeOne } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { BANK, incomplete, info, make, streamOf, t, unproved } from './make.ts';
import { newWriter } from './streams.ts';

/** What a genuine writer signed and should not have, or could not help. */
export function writersMistakes(): VectorCase[] {
  const one = (write: (stream: StreamBuilder) => void): TestWriter => {
    const writer = newWriter();
    write(writer.start());
    return writer.close();
  };
  const counted = one((stream) => writeOne(stream, 'a').gap({ count: 2 }).seal({ refusedTotal: 1 }));
  const silent = one((stream) => {
    writeOne(stream, 'a').seal();
    stream.clock.advance(90_001);
    stream.seal();
  });
  const setBack = one((stream) => {
    writeOne(stream, 'a').seal();
    stream.clock.setWallBy(-60_000);
    stream.clock.advance(1_000);
    stream.seal();
  });
  const newer = new StreamBuilder({
    label: 'vectors, newer',
    identity: BANK,
    identityAlways: false,
    formatVersion: '2',
  });
  writeOne(newer.open(), 'a').close();
  const id = (writer: TestWriter): string => streamOf(writer).streamId;
  return [
    make('count-mismatch', 'A seal that declares fewer losses than the gap before it.', counted, [
      t('COUNT_MISMATCH', id(counted), 4),
      info('DECLARED_LOSS', id(counted), 3),
    ]),
    make('heartbeat-gap', 'Two seals 90.001 seconds apart.', silent, [incomplete('HEARTBEAT_GAP', id(silent), 4)]),
    make('clock-rollback', 'The wall clock set back by a minute between two seals.', setBack, [
      info('CLOCK_ROLLBACK', id(setBack), 4),
    ]),
    make('format-newer', 'A genuine stream of format version 2.', counted, [unproved('FORMAT_NEWER', newer.streamId)], {
      files: new Map([[`${newer.streamId}.ndjson`, newer.bytes()]]),
    }),
  ];
}
