// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { performance } from 'node:perf_hooks';
import { readCursor } from '@stepseal/processor/data';
import { expect, test } from 'vitest';
import { arrivedIds, idsOf, onlyWriter, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

const DAY_MS = 86_400_000;

/** A clock that somebody sets. */
function settableClock() {
  const clock = { aheadMs: 0, wallMs: () => Date.now() + clock.aheadMs, monotonicMs: () => performance.now() };
  return clock;
}

function expectInOrderOfWriting(dataDir: string): void {
  const { directory, segments } = onlyWriter(dataDir);
  expect(segments.length).toBeGreaterThan(1);
  // The cursor passes nothing that was not sent: retention believes it.
  expect(readCursor(directory)?.streamId).toBe(segments.at(-1)?.streamId);
}

test('a clock that is set back by a day while the process runs holds up no record, and none counts as delivered unsent', async () => {
  const dataDir = temporaryDirectory();
  const sink = await startSink();
  const clock = settableClock();
  const pipeline = startPipeline({ dataDir, clock, delivery: { endpoint: sink.endpoint } });
  pipeline.emit(5, 'before');
  await pipeline.forceFlush();
  clock.aheadMs = -DAY_MS;
  pipeline.emit(1, 'rolls');
  await until(() => onlyWriter(dataDir).segments.length === 2);
  pipeline.emit(5, 'after');
  await pipeline.forceFlush();
  expect(arrivedIds(sink)).toEqual([...idsOf(5, 'after'), ...idsOf(5, 'before'), ...idsOf(1, 'rolls')]);
  await pipeline.shutdown();
  expectInOrderOfWriting(dataDir);
});

test('a process that starts with a clock a day behind the last one delivers what it seals', async () => {
  const dataDir = temporaryDirectory();
  const sink = await startSink();
  const clock = settableClock();
  for (const [tag, aheadMs] of [
    ['before', 0],
    ['after', -DAY_MS],
  ] as const) {
    clock.aheadMs = aheadMs;
    const pipeline = startPipeline({ dataDir, clock, delivery: { endpoint: sink.endpoint } });
    pipeline.emit(5, tag);
    await pipeline.shutdown();
  }
  expect(arrivedIds(sink)).toEqual([...idsOf(5, 'after'), ...idsOf(5, 'before')]);
  expectInOrderOfWriting(dataDir);
});
