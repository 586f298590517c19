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

test('what only the data says of its beginning is never a pass', async () => {
  const writer = threeDays('since/claimed');
  const part = without(writer, 0);
  const report = await verifyFiles(part, writer, { claimedSince: openedAt(writer, 1) });
  expect(said(report)).toEqual(['incomplete OUT_OF_RANGE']);
  expect(said(await verifyFiles(part, writer, { claimedSince: openedAt(writer, 1) - 1 }))).toEqual([
    'tampered STREAM_MISSING',
  ]);
});

test('a claim of a beginning does not make little of a stream gone from the middle', async () => {
  const writer = threeDays('since/planted');
  for (const claimedSince of [openedAt(writer, 2), Date.UTC(9999, 11, 31)])
    expect(said(await verifyFiles(without(writer, 1), writer, { claimedSince }))).toEqual(['tampered STREAM_MISSING']);
  // Nor of a beginning that is gone, where the rest ended before the part that is claimed.
  const late = { claimedSince: Date.UTC(9999, 11, 31) };
  expect(said(await verifyFiles(without(writer, 0), writer, late))).toEqual(['tampered STREAM_MISSING']);
});

test('an end that was open when the part was over is not missed, an earlier one is', async () => {
  const writer = new TestWriter({ label: 'until/open' });
  const { streamId } = writeOne(writer.start(), '1').seal();
  const until = writer.clock.wallMs;
  expect(said(await verifyFiles(writer.files(), writer))).toEqual(['incomplete TAIL_UNSEALED']);
  const report = await verifyFiles(writer.files(), writer, { until });
  expect(said(report)).toEqual(['info OUT_OF_RANGE']);
  expect(report.streams.map((stream) => [stream.streamId, stream.uncoveredMs])).toEqual([[streamId, 0]]);
  expect(said(await verifyFiles(writer.files(), writer, { until: until + 1 }))).toEqual(['incomplete TAIL_UNSEALED']);
  // Records that nothing covers are outside of it, and are not counted.
  writeOne(writer.current, '2');
  const behind = await verifyFiles(writer.files(), writer, { until });
  expect([behind.grade, behind.records]).toEqual(['SEALED', report.records]);
});

test('a record behind the last note that states a time of the part is not outside of it', async () => {
  const writer = new TestWriter({ label: 'until/appended' });
  const stream = writeOne(writer.start(), '1').seal();
  const until = writer.clock.wallMs;
  writer.clock.advance(-1_000);
  writeOne(stream, 'appended by whoever can write the file');
  expect(said(await verifyFiles(writer.files(), writer, { until }))).toEqual(['incomplete TAIL_UNSEALED']);
});

test('the stream after the one that was closed when the part was over is not missed', async () => {
  const writer = new TestWriter({ label: 'until/roll' });
  writeOne(writer.start(), '1');
  writer.roll();
  const until = writer.clock.wallMs;
  writer.close();
  const part = without(writer, 1);
  expect(said(await verifyFiles(part, writer))).toEqual(['incomplete SUCCESSOR_MISSING']);
  expect(said(await verifyFiles(part, writer, { until: openedAt(writer, 0) }))).toEqual(['info OUT_OF_RANGE']);
  expect(said(await verifyFiles(part, writer, { until: until + 1_000 }))).toEqual(['incomplete SUCCESSOR_MISSING']);
});
