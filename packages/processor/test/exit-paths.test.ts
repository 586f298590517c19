// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { checkTrail, type Trail, text } from './support/check-trail.ts';
import { runProgram } from './support/run-program.ts';

const TEN = Array.from({ length: 10 }, (_, at) => `p-${at}`);

function ids(trail: Trail): string[] {
  return trail.events.map((event) => text(event, 'step_up.id') ?? '');
}

test('a program that ends naturally closes its stream, and the sealer does not keep it alive', async () => {
  const { dataDir, code, stderr } = await runProgram('natural');
  const trail = checkTrail(dataDir);
  expect({ code, stderr, ids: ids(trail) }).toEqual({ code: 0, stderr: '', ids: TEN });
  expect(trail.streams.map((stream) => stream.closed)).toEqual([true]);
});

test('no timer of the sealer keeps a program alive', async () => {
  const { code, signal } = await runProgram('idle');
  expect({ code, signal }).toEqual({ code: 0, signal: null });
});

test('what a natural end leaves undelivered is handed to the exporter first', async () => {
  const { stdout, code } = await runProgram('exporter');
  expect({ stdout, code }).toEqual({ stdout: '10', code: 0 });
});

test.each([
  ['process.exit', 7],
  ['uncaught', 1],
  ['rejection', 1],
])('%s keeps its exit code and closes the stream', async (mode, expected) => {
  const { dataDir, code, signal } = await runProgram(mode);
  const trail = checkTrail(dataDir);
  expect({ code, signal, ids: ids(trail) }).toEqual({ code: expected, signal: null, ids: TEN });
  expect(trail.streams.map((stream) => stream.closed)).toEqual([true]);
});

test('a record emitted by a later exit listener is not lost', async () => {
  const first = await runProgram('exit-listener');
  expect(ids(checkTrail(first.dataDir))).toEqual([...TEN, 'p-late']);
  await runProgram('natural', { root: dirname(first.dataDir) });
  expect(checkTrail(first.dataDir).streams.map((stream) => stream.cause)).toEqual(['first', 'closed', 'crash']);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s kills as it always did, after the stream is closed', async (signal) => {
  const run = await runProgram('signal', { signal });
  expect({ code: run.code, signal: run.signal }).toEqual({ code: null, signal });
  const trail = checkTrail(run.dataDir);
  expect(ids(trail)).toEqual(TEN);
  expect(trail.streams.map((stream) => stream.closed)).toEqual([true]);
});

test('an application that handles SIGTERM itself goes on as it likes, and is sealed to its end', async () => {
  const run = await runProgram('signal-handled', { signal: 'SIGTERM' });
  expect({ code: run.code, signal: run.signal }).toEqual({ code: 5, signal: null });
  const trail = checkTrail(run.dataDir);
  expect(ids(trail)).toEqual([...TEN, 'p-after-signal']);
  expect(trail.streams.map((stream) => stream.closed)).toEqual([true]);
});

test.each(['signal-exit', 'two-pipelines'])('SIGTERM is not swallowed with %s', async (mode) => {
  const run = await runProgram(mode, { signal: 'SIGTERM' });
  expect({ code: run.code, signal: run.signal }).toEqual({ code: null, signal: 'SIGTERM' });
  expect(checkTrail(run.dataDir).streams.every((stream) => stream.closed)).toBe(true);
});

test('SIGKILL leaves every emitted record to a successor', async () => {
  const run = await runProgram('signal', { signal: 'SIGKILL' });
  await runProgram('natural', { root: dirname(run.dataDir) });
  const trail = checkTrail(run.dataDir);
  expect(ids(trail)).toEqual([...TEN, ...TEN]);
  expect(trail.streams.map((stream) => stream.cause)).toEqual(['first', 'crash']);
});

test('each process of a cluster writes its own streams', async () => {
  const { dataDir, code } = await runProgram('cluster');
  expect(code).toBe(0);
  const trail = checkTrail(dataDir);
  const expected = ['c0', 'c1', 'p'].flatMap((tag) => TEN.map((id) => id.replace('p', tag)));
  expect(ids(trail).sort()).toEqual(expected.sort());
  expect(trail.streams.every((stream) => stream.closed)).toBe(true);
  expect(trail.streams).toHaveLength(3);
});

test('each worker thread writes its own stream and closes it at its end', async () => {
  const { dataDir, code } = await runProgram('workers');
  expect(code).toBe(0);
  const trail = checkTrail(dataDir);
  expect(ids(trail)).toHaveLength(40);
  expect(trail.streams.every((stream) => stream.closed)).toBe(true);
  expect(trail.streams).toHaveLength(4);
});

test('a worker thread that is terminated leaves a tail, which the next process adopts', async () => {
  const { dataDir } = await runProgram('terminated');
  const before = checkTrail(dataDir);
  expect(before.streams.map((stream) => stream.closed).sort()).toEqual([false, true]);
  const root = dirname(dataDir);
  // Two directories are free: the terminated worker's and the main thread's. One process takes one of them.
  await runProgram('workers', { root });
  const trail = checkTrail(dataDir);
  expect(ids(trail).filter((id) => id.startsWith('w-'))).toHaveLength(10);
  expect(trail.streams.map((stream) => stream.cause)).toContain('crash');
});

test('an unwritable directory costs the application one line and nothing else', async () => {
  const { code, stdout, stderr } = await runProgram('unwritable');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'done' });
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^stepseal: NOT_WRITABLE: /),
    expect.stringMatching(/^stepseal: RECORDS_LOST: 10 records /),
  ]);
});

test('with `required` an unwritable directory stops the start', async () => {
  const { code, stderr } = await runProgram('required');
  expect(code).toBe(1);
  expect(stderr).toContain('NOT_WRITABLE');
});
