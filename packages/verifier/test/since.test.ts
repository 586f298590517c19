// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { TestWriter, writeOne } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { type Files, said, verifyFiles } from './support.ts';

/** Three streams, each closed, five seconds apart. */
function threeDays(label: string): TestWriter {
  const writer = new TestWriter({ label });
  for (const id of ['1', '2', '3']) {
    writeOne(writer.start(), id);
    writer.close();
    writer.clock.advance(5_000);
  }
  return writer;
}

function without(writer: TestWriter, ...gone: readonly number[]): Files {
  const ids = gone.map((index) => writer.streams[index]?.stream.streamId ?? '?');
  return new Map([...writer.files()].filter(([path]) => !ids.some((id) => path.includes(id))));
}

function openedAt(writer: TestWriter, index: number): number {
  return writer.streams[index]?.stream.openedAtMs ?? 0;
}

test('a part verifies without what came before it, where its first stream was open by then', async () => {
  const writer = threeDays('since/part');
  const part = without(writer, 0);
  expect(said(await verifyFiles(part, writer))).toEqual(['tampered STREAM_MISSING']);
  const report = await verifyFiles(part, writer, { since: openedAt(writer, 1) });
  expect(said(report)).toEqual(['info OUT_OF_RANGE']);
  expect(report.grade).toBe('SEALED');
});

test('a stream that is gone from within the part is missed', async () => {
  const writer = threeDays('since/within');
  expect(said(await verifyFiles(without(writer, 1), writer, { since: openedAt(writer, 1) }))).toEqual([
    'tampered STREAM_MISSING',
  ]);
  // It may have held records of the millisecond in which the part begins.
  expect(said(await verifyFiles(without(writer, 0), writer, { since: openedAt(writer, 1) - 1 }))).toEqual([
    'tampered STREAM_MISSING',
  ]);
});
