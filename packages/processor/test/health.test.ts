// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { FaultyFs } from '@stepseal/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readHealth } from '../src/data/index.ts';
import { temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('what the health file says is what the pipeline did, and the file is gone after an orderly end', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory);
  pipeline.describe(() => ({
    instrumented: [{ library: 'lib', version: '1.2.3', observed: true }],
    counts: { records: 7, unknownUser: 2 },
  }));
  for (let at = 0; at < 10; at++) pipeline.emit(`r${at}`);
  await pipeline.forceFlush();
  vi.advanceTimersByTime(5_000);
  const [health, ...others] = readHealth(directory);
  expect(others).toEqual([]);
  // Open record and seal are records of the trail.
  expect(health).toMatchObject({
    pid: process.pid,
    threadId,
    state: 'open',
    emitted: 10,
    sealed: 12,
    acknowledged: 12,
    delivered: 0,
    refused: 0,
    waiting: 0,
    instrumented: [{ library: 'lib', version: '1.2.3', observed: true }],
    counts: { records: 7, unknownUser: 2 },
    problems: [],
  });
  expect(health?.lastNoteMs).toBeGreaterThanOrEqual(health?.lastSealMs ?? Number.NaN);
  await pipeline.shutdown();
  expect(readdirSync(join(directory, 'health'))).toEqual([]);
});

test('a writer that can no longer write says so in the health file at once', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const pipeline = testPipeline(directory, { files });
  await pipeline.forceFlush();
  files.fault = { kind: 'ENOSPC', from: 1, to: Number.MAX_SAFE_INTEGER, only: ['writeSync'] };
  pipeline.emit('r');
  files.fault = undefined;
  await new Promise(setImmediate);
  expect(readHealth(directory)).toMatchObject([{ state: 'blocked', waiting: 1, problems: ['DISK_FULL'] }]);
  await pipeline.shutdown();
});

test('files of processes that were killed are cleared away by later ones, those of living ones are not', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'health'), { recursive: true });
  const [old, young] = ['1-0.json', '2-0.json'].map((name) => join(directory, 'health', name)) as [string, string];
  for (const path of [old, young]) writeFileSync(path, '{}');
  utimesSync(old, Date.now() / 1000 - 3_600, Date.now() / 1000 - 3_600);
  const pipeline = testPipeline(directory);
  await pipeline.forceFlush();
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  await pipeline.shutdown();
});

test('no health file, no harm: a folder that cannot be made stops nothing', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'health'), 'in the way');
  const pipeline = testPipeline(directory);
  pipeline.emit('r');
  expect(await pipeline.commit()).toBe(true);
  await pipeline.shutdown();
  expect(readFileSync(join(directory, 'health'), 'utf8')).toBe('in the way');
});
