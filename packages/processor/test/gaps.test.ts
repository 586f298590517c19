// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FaultyFs } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { checkTrail, text } from './support/check-trail.ts';
import { temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

const ALWAYS = Number.MAX_SAFE_INTEGER;

function gapsOf(directory: string): { cause: string | undefined; names: unknown }[] {
  return checkTrail(directory).streams.flatMap((stream) =>
    stream.records
      .filter((record) => record.eventName === 'stepseal.gap')
      .map(({ payload }) => ({
        cause: text(payload, 'stepseal.gap.cause'),
        names: payload.attributes.get('stepseal.gap.event_names')?.value,
      })),
  );
}

test('a disk that fills and has room again loses nothing that the memory could hold', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const pipeline = testPipeline(directory, { files });
  pipeline.emit('before');
  await pipeline.forceFlush();
  files.fault = { kind: 'ENOSPC', from: 1, to: ALWAYS, only: ['writeSync'] };
  for (let at = 0; at < 100; at++) pipeline.emit(`full-${at}`);
  expect(pipeline.status()).toMatchObject({ state: 'blocked', blockedBy: 'DISK_FULL', waiting: 100 });
  files.fault = undefined;
  await pipeline.forceFlush();
  pipeline.emit('after');
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events.map((event) => text(event, 'step_up.id'))).toEqual([
    'before',
    ...Array.from({ length: 100 }, (_, at) => `full-${at}`),
    'after',
  ]);
  // The file was cut back to its last whole line and went on: no second stream.
  expect(trail.streams).toHaveLength(1);
  expect(trail.declared).toBe(0);
});

test('what the memory cannot hold is declared by a signed gap with its cause, names and exact count', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const pipeline = testPipeline(directory, { files, spool: { records: 10 } });
  pipeline.emit('before');
  files.fault = { kind: 'ENOSPC', from: 1, to: ALWAYS, only: ['writeSync'] };
  for (let at = 0; at < 35; at++) pipeline.emit(`full-${at}`);
  files.fault = undefined;
  await pipeline.forceFlush();
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events).toHaveLength(11);
  expect(trail.declared).toBe(25);
  expect(gapsOf(directory)).toEqual([{ cause: 'disk_full', names: [{ type: 'string', value: 'step_up.required' }] }]);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['DISK_FULL', 'RECORDS_LOST']);
});

test('a directory that cannot be written at the start is used when it can, and the gap says why', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory, { kind: 'EIO', from: 1, to: ALWAYS });
  const pipeline = testPipeline(directory, { files, spool: { records: 3 } });
  for (let at = 0; at < 5; at++) pipeline.emit(`r${at}`);
  files.fault = undefined;
  await pipeline.forceFlush();
  await pipeline.shutdown();
  expect(checkTrail(directory).events).toHaveLength(3);
  expect(gapsOf(directory)).toEqual([expect.objectContaining({ cause: 'write_error' })]);
});

test('without an identity key the application runs, and the loss is said out loud', async () => {
  const directory = temporaryDirectory();
  const { identity: _, ...keyless } = { identity: undefined, spool: { records: 2 } };
  const pipeline = testPipeline(directory, { ...keyless, identity: undefined as never });
  for (let at = 0; at < 4; at++) pipeline.emit(`r${at}`);
  expect(await pipeline.commit()).toBe(false);
  await pipeline.shutdown();
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['NO_KEY', 'RECORDS_LOST']);
});

test('a declared loss is declared again in the next stream when its own file could not be kept', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const pipeline = testPipeline(directory, { files });
  await pipeline.forceFlush();
  pipeline.loggerProvider.getLogger('app').emit({ eventName: 'other.event', body: Number.NaN });
  files.fault = { kind: 'EIO', from: 1, to: ALWAYS, only: ['fdatasync'] };
  const flushed = pipeline.forceFlush();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  files.fault = undefined;
  await flushed;
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.streams.map((stream) => stream.cause)).toEqual(['first', 'io_error']);
  expect(trail.declared).toBe(1);
});

test('records after shutdown are counted and said, not silently dropped', async () => {
  const pipeline = testPipeline(temporaryDirectory());
  await pipeline.shutdown();
  pipeline.emit('late');
  expect(pipeline.status().lost).toBe(1);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['EMITTED_AFTER_SHUTDOWN']);
});
