// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startupSnapshot } from 'node:v8';
import { context, trace } from '@opentelemetry/api';
import { FaultyFs, TestClock } from '@stepseal/testkit';
import { expect, test, vi } from 'vitest';
import type { Clock } from '../src/clock.ts';
import { SealingError, startAuditPipeline } from '../src/index.ts';
import { checkTrail, int, text } from './support/check-trail.ts';
import { DEPLOYMENT, endClaims, identity, temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

function clockOf(time: TestClock): Clock {
  return { wallMs: () => time.wallMs, monotonicMs: () => time.monotonicMs };
}

function causes(directory: string): string[] {
  return checkTrail(directory).streams.map((stream) => stream.cause);
}

test('a seal covers at most so many records, and a note follows it', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory, { seal: { maxRecords: 4 } });
  for (let at = 0; at < 10; at++) pipeline.emit(`r${at}`);
  await pipeline.shutdown();
  const names = checkTrail(directory).streams[0]?.records.map((record) => record.eventName.replace(/.*\./, ''));
  expect(names?.join(' ')).toBe(
    'open required required required required seal required required required required seal required required seal close',
  );
});

test('a single record is sealed a second later, and silence every minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const directory = temporaryDirectory();
    const pipeline = testPipeline(directory);
    pipeline.emit('r');
    expect(pipeline.status().number).toBe(2);
    vi.advanceTimersByTime(1_000);
    expect(pipeline.status()).toMatchObject({ number: 3, uncovered: 0 });
    vi.advanceTimersByTime(60_000);
    expect(pipeline.status().number).toBe(4);
    vi.advanceTimersByTime(60_000);
    expect(pipeline.status().number).toBe(5);
    await pipeline.shutdown();
    checkTrail(directory);
  } finally {
    vi.useRealTimers();
  }
});

test('a stream rolls at its size; the files stay below it, and the next key is the promised one', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory, { seal: { maxRecords: 8 }, roll: { maxBytes: 40_000 } });
  for (let at = 0; at < 200; at++) {
    pipeline.emit(`r${at}`);
    if (at % 16 === 0) await new Promise(setImmediate);
  }
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events).toHaveLength(200);
  expect(trail.streams.length).toBeGreaterThan(3);
  expect(
    causes(directory)
      .slice(1)
      .every((cause) => cause === 'roll'),
  ).toBe(true);
  expect(Math.max(...trail.streams.map((stream) => stream.bytes))).toBeLessThanOrEqual(40_000);
  // checkTrail wants the identity's signature under the note of every stream that names it.
  for (const stream of trail.streams)
    expect(text(stream.records[0]?.payload as never, 'stepseal.identity.vkey')).toBe(identity.vkey);
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ndjson')) expect(statSync(`${directory}/${name}`).mode & 0o777).toBe(0o400);
  }
});

test.each([
  ['a day has passed', (time: TestClock) => time.advance(86_400_000)],
  ['the wall clock is set forward', (time: TestClock) => time.setWallBy(6_000)],
  ['the wall clock is set back', (time: TestClock) => time.setWallBy(-6_000)],
])('a stream rolls when %s', async (_, change) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const directory = temporaryDirectory();
    const time = new TestClock();
    const pipeline = testPipeline(directory, { clock: clockOf(time) });
    pipeline.emit('before');
    change(time);
    vi.advanceTimersByTime(1_000);
    pipeline.emit('after');
    await pipeline.shutdown();
    expect(
      checkTrail(directory)
        .streams.map((stream) => stream.cause)
        .sort(),
    ).toEqual(['first', 'roll']);
  } finally {
    vi.useRealTimers();
  }
});

test('a clock that only drifts a little does not roll', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const directory = temporaryDirectory();
    const time = new TestClock();
    const pipeline = testPipeline(directory, { clock: clockOf(time) });
    time.setWallBy(4_000);
    vi.advanceTimersByTime(60_000);
    await pipeline.shutdown();
    expect(causes(directory)).toEqual(['first']);
  } finally {
    vi.useRealTimers();
  }
});

test('notes come in order of size although signatures are made elsewhere', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory, { seal: { maxRecords: 2 } });
  for (let at = 0; at < 300; at++) {
    pipeline.emit(`r${at}`);
    if (at % 30 === 0) await new Promise(setImmediate);
  }
  await pipeline.forceFlush();
  // checkTrail throws on any other order.
  expect(checkTrail(directory).streams[0]?.noted).toBeGreaterThan(300);
  await pipeline.shutdown();
});

test('a signer that only answers later delays the note, not the application; its end waits for it', async () => {
  const directory = temporaryDirectory();
  const far = {
    vkey: identity.vkey,
    sign: (message: Uint8Array) =>
      new Promise<void>((resolve) => setTimeout(resolve, 30)).then(() => identity.sign(message)),
  };
  const pipeline = testPipeline(directory, { identity: far, roll: { maxBytes: 6_000 } });
  for (let at = 0; at < 20; at++) pipeline.emit(`r${at}`);
  expect(await pipeline.commit()).toBe(true);
  expect(checkTrail(directory).streams.map((stream) => stream.noted)).toEqual([0]);
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events).toHaveLength(20);
  expect(trail.streams.every((stream) => stream.closed)).toBe(true);
});

test('a signer far away neither holds up nor breaks a roll', async () => {
  const directory = temporaryDirectory();
  const held: (() => void)[] = [];
  let far = false;
  const signer = {
    vkey: identity.vkey,
    sign: async (message: Uint8Array) => {
      if (far) await new Promise<void>((resolve) => held.push(resolve));
      return identity.sign(message);
    },
  };
  const pipeline = testPipeline(directory, { identity: signer, roll: { maxBytes: 6_000 } });
  await pipeline.forceFlush();
  far = true;
  for (let at = 0; at < 40; at++) pipeline.emit(`r${at}`);
  // The stream before is closed; the one it names takes records although its open note waits.
  expect(await pipeline.commit()).toBe(true);
  expect(pipeline.status().state).toBe('open');
  expect(checkTrail(directory).streams.map(({ closed, noted }) => [closed, noted > 0])).toEqual([
    [true, true],
    [false, false],
  ]);
  await vi.waitFor(() => expect(held).toHaveLength(1));
  far = false;
  held[0]?.();
  await pipeline.forceFlush();
  for (let at = 40; at < 60; at++) {
    pipeline.emit(`r${at}`);
    await pipeline.forceFlush();
  }
  await pipeline.shutdown();
  const trail = checkTrail(directory);
  expect(trail.events).toHaveLength(60);
  expect(trail.streams.length).toBeGreaterThan(3);
  expect(trail.streams.every((stream) => stream.closed)).toBe(true);
  for (const stream of trail.streams)
    expect(text(stream.records[0]?.payload as never, 'stepseal.identity.vkey')).toBe(identity.vkey);
});

test('a signer that never answers holds up neither a flush nor the end, and the next process adopts the stream', async () => {
  const directory = temporaryDirectory();
  const silent = { vkey: identity.vkey, sign: () => new Promise<never>(() => {}) };
  const pipeline = testPipeline(directory, { identity: silent, flushTimeoutMs: 50 });
  pipeline.emit('kept');
  await pipeline.forceFlush();
  await pipeline.shutdown();
  endClaims(directory);
  await testPipeline(directory).shutdown();
  const [first, second] = checkTrail(directory).streams;
  expect([first?.cause, second?.cause]).toEqual(['first', 'crash']);
  expect(first?.records.map(({ eventName }) => eventName)).toContain('step_up.required');
});

test('a signer that fails is asked again', async () => {
  const directory = temporaryDirectory();
  let asked = 0;
  const flaky = {
    vkey: identity.vkey,
    sign: (message: Uint8Array) => (++asked < 3 ? Promise.reject(new Error('not now')) : identity.sign(message)),
  };
  const pipeline = testPipeline(directory, { identity: flaky });
  pipeline.emit('r');
  await vi.waitFor(() => expect(asked).toBe(3));
  await pipeline.shutdown();
  expect(checkTrail(directory).streams.map((stream) => stream.closed)).toEqual([true]);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['SIGNER_FAILED']);
});

test('the resource is waited for, but not while a record is pending', async () => {
  const later = Promise.withResolvers<Record<string, string>>();
  for (const pending of [false, true]) {
    const directory = temporaryDirectory();
    const pipeline = testPipeline(directory, {
      resource: { 'service.name': 'bank' },
      moreResource: later.promise,
    });
    expect(pipeline.status().state).toBe('idle');
    if (pending) pipeline.emit('r');
    later.resolve({ 'host.id': 'h1', 'user.email': 'kept.out@example.test' });
    await later.promise;
    await new Promise(setImmediate);
    await pipeline.shutdown();
    const open = checkTrail(directory).streams[0]?.records[0]?.payload;
    expect(open && text(open, 'stepseal.resource')).toBe(
      pending
        ? '{"service.name":{"stringValue":"bank"}}'
        : '{"host.id":{"stringValue":"h1"},"service.name":{"stringValue":"bank"}}',
    );
  }
});

test('a commit resolves to true when the record is durable, and shares its fdatasync', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const pipeline = testPipeline(directory, { files });
  await pipeline.forceFlush();
  const before = files.calls.filter(({ name }) => name === 'fdatasync').length;
  const commits = Array.from({ length: 50 }, (_, at) =>
    pipeline.commit({ eventName: 'step_up.required', attributes: { 'step_up.id': `r${at}` } }),
  );
  expect(new Set(await Promise.all(commits))).toEqual(new Set([true]));
  const after = files.calls.filter(({ name }) => name === 'fdatasync').length;
  expect(after - before).toBeLessThanOrEqual(2);
  await pipeline.shutdown();
});

test('under the policy `closed` a commit that cannot be durable rejects; under `strict` it says so and goes on', async () => {
  for (const commitPolicy of ['closed', 'strict'] as const) {
    const directory = temporaryDirectory();
    const files = new FaultyFs(directory);
    const pipeline = testPipeline(directory, { files, commitPolicy });
    await pipeline.forceFlush();
    files.fault = { kind: 'ENOSPC', from: 1, to: Number.MAX_SAFE_INTEGER };
    pipeline.emit('r');
    if (commitPolicy === 'closed') await expect(pipeline.commit()).rejects.toBeInstanceOf(SealingError);
    else expect(await pipeline.commit()).toBe(false);
    files.fault = undefined;
    expect(await pipeline.commit()).toBe(true);
    await pipeline.shutdown();
  }
});

test('a record that waited for another file keeps its id', async () => {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const pipeline = testPipeline(directory, { files });
  await pipeline.forceFlush();
  pipeline.emit('r');
  files.fault = { kind: 'EIO', from: 1, to: Number.MAX_SAFE_INTEGER, only: ['fdatasync'] };
  const commit = pipeline.commit();
  await new Promise(setImmediate);
  files.fault = undefined;
  await commit;
  await pipeline.shutdown();
  const { streams, events } = checkTrail(directory);
  const given = streams.flatMap((stream) => stream.records).filter((record) => record.eventName === 'step_up.required');
  // Once in the file that was given up, once in its successor, and one record all the same.
  expect(given.length).toBeGreaterThan(1);
  expect(new Set(given.map(({ payload }) => text(payload, 'audit.record.id'))).size).toBe(1);
  expect(events).toHaveLength(1);
});

test('a process that begins as a copy of another writes a stream of its own', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory);
  pipeline.emit('parent');
  const { pid } = process;
  Object.defineProperty(process, 'pid', { value: pid + 1, configurable: true });
  try {
    pipeline.emit('child');
    expect(pipeline.status().number).toBe(2);
    await pipeline.shutdown();
  } finally {
    Object.defineProperty(process, 'pid', { value: pid, configurable: true });
  }
  const trail = checkTrail(directory);
  expect(trail.streams).toHaveLength(2);
  expect(new Set(trail.streams.map((stream) => stream.writer)).size).toBe(2);
  expect(trail.events.map((event) => text(event, 'step_up.id')).sort()).toEqual(['child', 'parent']);
});

test('trace context is taken from the record before the active one', async () => {
  const directory = temporaryDirectory();
  const pipeline = testPipeline(directory);
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 0 };
  pipeline.loggerProvider
    .getLogger('app')
    .emit({ eventName: 'step_up.required', context: trace.setSpanContext(context.active(), spanContext) });
  await pipeline.shutdown();
  expect(checkTrail(directory).events[0]).toMatchObject({ traceId: spanContext.traceId, spanId: spanContext.spanId });
});

test('times are taken in every form the API knows, and nonsense becomes now', async () => {
  const directory = temporaryDirectory();
  const time = new TestClock();
  const pipeline = testPipeline(directory, { clock: clockOf(time) });
  const logger = pipeline.loggerProvider.getLogger('app');
  const given = [
    1_795_000_000_123.9,
    new Date(1_795_000_000_123),
    [1_795_000_000, 123_999_999],
    Number.NaN,
    'soon',
    -5,
  ];
  for (const timestamp of given) logger.emit({ eventName: 'step_up.required', timestamp: timestamp as never });
  await pipeline.shutdown();
  const ms = checkTrail(directory).events.map((event) => Number(event.timestamp ?? 0n) / 1e6);
  expect(ms.slice(0, 3)).toEqual([1_795_000_000_123, 1_795_000_000_123, 1_795_000_000_123]);
  expect(ms.slice(3, 5)).toEqual([time.wallMs, time.wallMs]);
});

test('an unusable deployment name stops the start', () => {
  expect(() =>
    startAuditPipeline({ deployment: 'Not A Name', dataDir: '/nowhere', identity, exitHooks: false }),
  ).toThrow(SealingError);
  expect(DEPLOYMENT).toBe('bank.test');
});

test('sealing records state monotonic time, which never falls when the wall clock does', async () => {
  const directory = temporaryDirectory();
  const time = new TestClock();
  const pipeline = testPipeline(directory, { clock: clockOf(time) });
  pipeline.emit('r');
  time.advance(500);
  time.setWallBy(-2_000);
  await pipeline.shutdown();
  const sealing = checkTrail(directory).streams[0]?.records.filter(({ payload }) =>
    payload.attributes.has('stepseal.clock.monotonic_ms'),
  );
  const monotonic = sealing?.map(({ payload }) => int(payload, 'stepseal.clock.monotonic_ms') ?? 0) ?? [];
  expect(monotonic.length).toBeGreaterThan(0);
  expect(monotonic).toEqual(monotonic.toSorted((a, b) => a - b));
});

test('a writer whose directory somebody else has taken adds nothing to it and goes on elsewhere', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const directory = temporaryDirectory();
    const pipeline = testPipeline(directory);
    pipeline.emit('before');
    await pipeline.forceFlush();
    const { file = '' } = pipeline.status();
    const size = statSync(file).size;
    writeFileSync(join(dirname(file), 'owner.000002'), '{}');
    pipeline.emit('after');
    truncateSync(file, size);
    vi.advanceTimersByTime(1_000);
    expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['DISPLACED']);
    await pipeline.shutdown();
    expect(statSync(file).size).toBe(size);
    const trail = checkTrail(directory);
    expect(trail.events.map((event) => text(event, 'step_up.id')).sort()).toEqual(['after', 'before']);
    expect(new Set(trail.streams.map((stream) => stream.writer)).size).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test('while a start-up snapshot is built no file is touched; what was emitted then is sealed after it is loaded', async () => {
  const directory = temporaryDirectory();
  const building = vi.spyOn(startupSnapshot, 'isBuildingSnapshot').mockReturnValue(true);
  const callbacks: (() => void)[] = [];
  const loaded = vi.spyOn(startupSnapshot, 'addDeserializeCallback').mockImplementation((callback) => {
    callbacks.push(callback as () => void);
  });
  try {
    const pipeline = testPipeline(directory, { exitHooks: true });
    pipeline.emit('building');
    expect(await pipeline.commit()).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
    building.mockReturnValue(false);
    for (const callback of callbacks) callback();
    pipeline.emit('loaded');
    await pipeline.shutdown();
    expect(checkTrail(directory).events.map((event) => text(event, 'step_up.id'))).toEqual(['building', 'loaded']);
  } finally {
    building.mockRestore();
    loaded.mockRestore();
  }
});
