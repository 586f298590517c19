// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fs, { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSystem } from '@stepseal/processor';
import { listWriters, readCursor, readSetAside } from '@stepseal/processor/data';
import { FaultyFs } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { arrivedIds, idsOf, onlyWriter, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

const LATER = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
const EARLIER = '00000000-0000-7000-8000-000000000000';

/** A data directory with one closed stream of ten records, which nobody delivered. */
async function undeliveredDirectory(): Promise<string> {
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir });
  pipeline.emit(10, 'old');
  await pipeline.shutdown();
  return dataDir;
}

async function deliverAll(dataDir: string, options: { files?: FileSystem } = {}) {
  const sink = await startSink();
  const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint }, ...options });
  pipeline.emit(3, 'new');
  await pipeline.shutdown();
  return { sink, pipeline };
}

test.each([
  ['nobody listens', 'http://127.0.0.1:1/v1/logs'],
  ['the name does not exist', 'http://collector.invalid:4318/v1/logs'],
])('when %s, the application goes on, the flush ends in time, and one line says so', async (_, endpoint) => {
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, flushTimeoutMs: 150, delivery: { endpoint } });
  pipeline.emit(50);
  expect(await pipeline.commit()).toBe(true);
  await pipeline.forceFlush();
  await until(() => pipeline.status().delivery?.lastAnswer === 'unreachable');
  expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0, undelivered: { streams: 1 } });
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['ENDPOINT_UNREACHABLE']);
  await pipeline.shutdown();
  const { sink } = await deliverAll(dataDir);
  expect(arrivedIds(sink)).toEqual([...idsOf(3, 'new'), ...idsOf(50)].sort());
});

test.each([
  ['torn', '{"version":1,"streamId":"01a1fe4f-af04-7a5b-9dcb-157a7'],
  ['empty', ''],
  ['of another version', '{"version":2}'],
  ['no JSON object', '[1]'],
  [
    'a number beyond the stream',
    JSON.stringify({ version: 1, streamId: '', number: 4_000_000, offset: 5, updatedMs: 1 }),
  ],
  ['of a stream later than all', JSON.stringify({ version: 1, streamId: LATER, number: 5, offset: 9, updatedMs: 1 })],
  ['of a stream that is gone', JSON.stringify({ version: 1, streamId: EARLIER, number: 5, offset: 9, updatedMs: 1 })],
  ['full of wrong types', JSON.stringify({ version: 1, streamId: 7, number: '5', offset: -1, updatedMs: 1e99 })],
])('a cursor that is %s loses nothing', async (_, text) => {
  const dataDir = await undeliveredDirectory();
  const { directory, segments } = onlyWriter(dataDir);
  writeFileSync(
    join(directory, 'delivery.json'),
    text.replace('"streamId":""', `"streamId":"${segments[0]?.streamId}"`),
  );
  const { sink } = await deliverAll(dataDir);
  expect(arrivedIds(sink)).toEqual([...idsOf(3, 'new'), ...idsOf(10, 'old')].sort());
});

test('a cursor whose offset points into nowhere is believed in its number only', async () => {
  const dataDir = await undeliveredDirectory();
  const { directory, segments } = onlyWriter(dataDir);
  const cursor = { version: 1, streamId: segments[0]?.streamId, number: 5, offset: 77_777_777, updatedMs: 1 };
  writeFileSync(join(directory, 'delivery.json'), JSON.stringify(cursor));
  const { sink } = await deliverAll(dataDir);
  // Number 1 is the open record.
  expect(arrivedIds(sink).filter((id) => id.startsWith('old'))).toEqual(idsOf(10, 'old').slice(4));
  expect(readCursor(directory)).toMatchObject({
    streamId: segments.length === 1 ? expect.not.stringContaining(segments[0]?.streamId ?? '') : '',
  });
});

test('a disk that is full for the cursor stops no delivery', async () => {
  const dataDir = await undeliveredDirectory();
  const full = (path: unknown): void => {
    if (String(path).includes('delivery.json')) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
  const files = new Proxy(fs as FileSystem, {
    get: (target, name) =>
      name === 'openSync' || name === 'renameSync'
        ? (...args: [string, never]) => {
            full(args[0]);
            return Reflect.apply(Reflect.get(target, name) as () => unknown, target, args);
          }
        : Reflect.get(target, name),
  });
  const { sink, pipeline } = await deliverAll(dataDir, { files });
  expect(arrivedIds(sink)).toEqual([...idsOf(3, 'new'), ...idsOf(10, 'old')].sort());
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['DELIVERY_FILE']);
});

test('of a file that was given up only what its successor names is delivered; the rest comes once, from there', async () => {
  const sink = await startSink();
  const dataDir = temporaryDirectory();
  const files = new FaultyFs(dataDir);
  const pipeline = startPipeline({ dataDir, files: files as FileSystem, delivery: { endpoint: sink.endpoint } });
  pipeline.emit(5, 'a');
  await pipeline.forceFlush();
  files.fault = { kind: 'EIO', from: 1, to: Number.MAX_SAFE_INTEGER, only: ['fdatasync', 'fdatasyncSync'] };
  pipeline.emit(5, 'b');
  await until(() => pipeline.diagnostics.some(({ code }) => code === 'SYNC_FAILED'));
  files.fault = undefined;
  pipeline.emit(5, 'c');
  await pipeline.shutdown();
  expect(arrivedIds(sink)).toEqual([...idsOf(5, 'a'), ...idsOf(5, 'b'), ...idsOf(5, 'c')].sort());
  expect([...sink.arrived.values()].every(({ times, unchanged }) => times === 1 && unchanged)).toBe(true);
  const first = onlyWriter(dataDir).segments[0];
  const last = readFileSync(first?.path ?? '', 'utf8')
    .split('\n')
    .filter((line) => line.includes('"b-'));
  // They lie in the file, and are delivered from another one.
  expect(last).toHaveLength(5);
  const fromFirst = [...sink.arrived.values()].filter(
    ({ record }) => record.attributes['audit.sequence.stream_id'] === first?.streamId,
  );
  expect(fromFirst.filter(({ record }) => String(record.attributes['step_up.id']).startsWith('b-'))).toEqual([]);
});

test('a segment that is deleted under the delivery is passed over, and said', async () => {
  const dataDir = await undeliveredDirectory();
  const sink = await startSink();
  sink.answer = () => ({ kind: 'answer', status: 503 });
  const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  pipeline.emit(3, 'new');
  await until(() => sink.requests.length > 1);
  const { segments } = onlyWriter(dataDir);
  rmSync(segments[0]?.path ?? '');
  sink.answer = () => ({ kind: 'accept' });
  await pipeline.shutdown();
  expect(arrivedIds(sink)).toEqual(expect.arrayContaining(idsOf(3, 'new')));
});

test('a damaged line is set aside as what it is, and what follows it is delivered', async () => {
  const dataDir = await undeliveredDirectory();
  const path = onlyWriter(dataDir).segments[0]?.path ?? '';
  chmodSync(path, 0o644);
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes('"old-4"'));
  lines[at] = `${lines[at]?.slice(0, 60)}`;
  writeFileSync(path, lines.join('\n'));
  const { sink, pipeline } = await deliverAll(dataDir);
  expect(arrivedIds(sink)).toEqual([...idsOf(3, 'new'), ...idsOf(10, 'old').filter((id) => id !== 'old-4')].sort());
  expect(pipeline.status().delivery?.setAside).toBe(1);
  expect(readSetAside(onlyWriter(dataDir).directory)).toMatchObject([{ answer: 'malformed', status: 0, number: 6 }]);
});

test('two pipelines in one data directory deliver each their own records once', async () => {
  const dataDir = temporaryDirectory();
  const sink = await startSink();
  const pipelines = ['a', 'b'].map((tag) => ({
    tag,
    pipeline: startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } }),
  }));
  for (const { tag, pipeline } of pipelines) pipeline.emit(40, tag);
  await Promise.all(pipelines.map(({ pipeline }) => pipeline.shutdown()));
  expect(arrivedIds(sink)).toEqual([...idsOf(40, 'a'), ...idsOf(40, 'b')].sort());
  expect([...sink.arrived.values()].every(({ times }) => times === 1)).toBe(true);
});

test('what a dead writer left behind is claimed, closed, delivered and let go by another process', async () => {
  const dataDir = temporaryDirectory();
  const sink = await startSink();
  // Holds one directory, so that the next one makes its own.
  const living = startPipeline({
    dataDir,
    delivery: { endpoint: sink.endpoint, lookAround: { firstMs: 0, everyMs: 20 } },
  });
  living.emit(1, 'living');
  await until(() => sink.arrived.size > 1);
  const dead = startPipeline({ dataDir, seal: { intervalMs: 1_000 } });
  dead.emit(20, 'dead');
  await dead.shutdown();
  const left = listWriters(dataDir).find(({ owner }) => owner?.released === true);
  living.emit(1, 'more');
  await until(() => {
    living.emit(1, 'poke');
    return arrivedIds(sink).filter((id) => id.startsWith('dead')).length === 20;
  });
  const directory = left?.directory ?? '';
  await until(() =>
    listWriters(dataDir).every((writer) => writer.directory !== directory || writer.owner?.released === true),
  );
  const after = listWriters(dataDir).find((writer) => writer.directory === directory);
  expect(after?.segments).toHaveLength(2);
  expect(readCursor(directory)?.streamId).toBe(after?.segments[1]?.streamId);
  // It is done with: nobody claims it a second time.
  const claims = readdirSync(directory)
    .filter((name) => name.startsWith('owner.'))
    .sort();
  for (let at = 0; at < 5; at++) {
    living.emit(1, 'poke');
    await living.forceFlush();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(
    readdirSync(directory)
      .filter((name) => name.startsWith('owner.'))
      .sort(),
  ).toEqual(claims);
});

test('all that dead writers left is delivered after one look, whatever one of their directories holds', async () => {
  const dataDir = temporaryDirectory();
  const sink = await startSink();
  const dead = ['a', 'b', 'c', 'd'].map((tag) => ({ tag, pipeline: startPipeline({ dataDir }) }));
  for (const { tag, pipeline } of dead) pipeline.emit(3, tag);
  await Promise.all(dead.map(({ pipeline }) => pipeline.shutdown()));
  // The first is taken over at the start; of the second nothing can be read.
  const [, spoilt] = listWriters(dataDir);
  const broken = `${spoilt?.segments[0]?.path}`;
  rmSync(broken);
  mkdirSync(broken);
  const living = startPipeline({
    dataDir,
    seal: { heartbeatMs: 3_600_000 },
    delivery: { endpoint: sink.endpoint, lookAround: { firstMs: 0, everyMs: 3_600_000 } },
  });
  await until(() => arrivedIds(sink).length === 9);
  await living.shutdown();
  expect(arrivedIds(sink)).toHaveLength(9);
});

test('a stream is delivered over many rolls in order of its records', async () => {
  const sink = await startSink();
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, roll: { maxBytes: 40_000 }, delivery: { endpoint: sink.endpoint } });
  for (let burst = 0; burst < 30; burst++) {
    pipeline.emit(20, `b${String(burst).padStart(2, '0')}`);
    await new Promise(setImmediate);
  }
  await pipeline.shutdown();
  expect(listWriters(dataDir)[0]?.segments.length).toBeGreaterThan(5);
  const order = sink.requests.flatMap(({ records }) =>
    records.map(
      ({ attributes }) =>
        `${attributes['audit.sequence.stream_id']}:${String(attributes['audit.sequence.number']).padStart(6, '0')}`,
    ),
  );
  expect(order).toEqual([...order].sort());
  expect(arrivedIds(sink)).toHaveLength(600);
});
