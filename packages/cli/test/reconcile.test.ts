// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redelivery, sealedStreams } from '@stepseal/processor/delivery';
import { OtlpSink, type ReceivedRecord, segmentBytes, TestWriter, writeStepUp } from '@stepseal/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { reasonToHoldBack } from '../src/reconcile/hold-back.ts';
import { exitCodeOf, type ReconcileOptions, type Reconciliation, reconcile } from '../src/reconcile/reconcile.ts';
import { RecordIndex } from '../src/reconcile/record-index.ts';
import { type ComparedCopies, compareCopies } from '../src/reconcile/two-copies.ts';
import { formatLine } from '../src/render/line.ts';
import { reconcileLines } from '../src/render/reconcile.ts';
import { copiesLines } from '../src/render/two-copies.ts';
import { MemoryIndex } from './support/memory-index.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-reconcile-'));
const sink = new OtlpSink();
let index: MemoryIndex;
/** Keeps nothing and says otherwise, where set. */
let keeps: (record: ReceivedRecord) => boolean;

beforeAll(async () => {
  await sink.start();
  write('whole', bank('whole'));
});

afterAll(async () => {
  await sink.stop();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  index = new MemoryIndex();
  keeps = () => true;
  sink.answer = ({ records }) => {
    for (const record of records) if (keeps(record)) index.create(record.attributes);
    return { kind: 'accept' };
  };
});

afterEach(() => {
  sink.requests.length = 0;
});

function bank(label: string): TestWriter {
  const writer = new TestWriter({ label, deployment: 'demo.bank' });
  for (let step = 0; step < 20; step++) writeStepUp(step === 0 ? writer.start() : writer.current, `step-up-${step}`);
  writer.current.seal();
  writer.roll();
  writeStepUp(writer.current, 'after-the-roll');
  writer.close();
  return writer;
}

function write(name: string, writer: TestWriter): string {
  for (const { path, stream } of writer.streams) {
    const file = join(directory, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, segmentBytes(stream.lines));
  }
  return join(directory, name);
}

async function run(name = 'whole', options: Partial<ReconcileOptions> = {}): Promise<Reconciliation> {
  const redelivery = new Redelivery({ endpoint: sink.endpoint }, 1_000);
  try {
    return await reconcile({
      streams: await sealedStreams(join(directory, name)),
      index: new RecordIndex(index, 'any'),
      reach: {
        sinceMs: Number.NEGATIVE_INFINITY,
        untilMs: Number.POSITIVE_INFINITY,
        settledMs: Number.POSITIVE_INFINITY,
      },
      redelivery,
      thorough: false,
      waitMs: 0,
      hold: (stream) => reasonToHoldBack(stream, undefined),
      ...options,
    });
  } finally {
    await redelivery.close();
  }
}

const sum = ({ streams }: Reconciliation, key: 'missing' | 'sent' | 'stillMissing' | 'refused' | 'taken'): number =>
  streams.reduce((total, stream) => total + stream[key], 0);

test('an empty index is filled from the segments, and a full one is asked for counts alone', async () => {
  const first = await run();
  expect(first.records).toBeGreaterThan(60);
  expect([sum(first, 'missing'), sum(first, 'sent'), sum(first, 'stillMissing')]).toEqual([
    first.records,
    first.records,
    0,
  ]);
  expect([index.size, exitCodeOf(first)]).toEqual([first.records, 0]);
  index.searches.length = 0;
  const second = await run();
  expect([second.streams, second.records, exitCodeOf(second)]).toEqual([[], first.records, 0]);
  expect(index.searches.every((body) => JSON.stringify(body).includes('aggs'))).toBe(true);
});

test('records that are lost come back with the same bytes under the same ids', async () => {
  await run();
  const before = index.snapshot();
  index.delete(({ number }) => number % 5 === 0);
  const lost = before.size - index.size;
  expect(lost).toBeGreaterThan(5);
  const looked = await run('whole', { redelivery: undefined });
  expect([sum(looked, 'missing'), exitCodeOf(looked), index.size]).toEqual([lost, 2, before.size - lost]);
  const mended = await run();
  expect([sum(mended, 'sent'), sum(mended, 'stillMissing'), exitCodeOf(mended)]).toEqual([lost, 0, 0]);
  expect(index.snapshot()).toEqual(before);
});

test('a copy on the other side of a roll-over does not hide that another record is missing', async () => {
  await run();
  index.delete(({ number }) => number === 3 || number === 6);
  index.copyToNextIndex(({ number }) => number === 4 || number === 5);
  expect(sum(await run('whole', { redelivery: undefined }), 'missing')).toBe(4);
});

test('an id that a foreign document has is named and not written', async () => {
  await run();
  index.overwrite(({ number }) => number === 7, 'something else');
  const sentBefore = sink.requests.length;
  const found = await run('whole', { thorough: true });
  expect([sum(found, 'taken'), sum(found, 'sent'), exitCodeOf(found)]).toEqual([1, 0, 1]);
  expect([found.taken[0]?.number, sink.requests.length]).toEqual([7, sentBefore]);
});

test('documents of which the credentials may not read the sealed bytes are not told as foreign without a doubt', async () => {
  await run();
  const told = async (): Promise<string> => {
    const found = await run('whole', { thorough: true, redelivery: undefined });
    const call = { segments: 'whole', dataStream: 'any', dryRun: true, waitMs: 0, exitCode: exitCodeOf(found) };
    return reconcileLines(found, call)
      .map((line) => formatLine(line, false))
      .join('\n');
  };
  index.overwrite(({ number }) => number === 7, 'something else');
  expect(await told()).not.toContain('may these credentials');
  index.hidesSealedBytes = true;
  expect(await told()).toContain('may these credentials read all fields?');
});

test('what is younger than the grace is not missed and not sent', async () => {
  const reach = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY, settledMs: 0 };
  const found = await run('whole', { reach });
  expect([sum(found, 'missing'), sink.requests.length, exitCodeOf(found)]).toEqual([0, 0, 0]);
  expect(found.streams.reduce((total, { young }) => total + young, 0)).toBe(found.records);
});

test('a receiver that says yes and keeps nothing is not believed', async () => {
  keeps = (record) => record.attributes['audit.sequence.number'] !== 9;
  const found = await run();
  expect([sum(found, 'stillMissing'), exitCodeOf(found)]).toEqual([1, 2]);
});

test.each([
  ['a name that is not there', { status: 404, body: { error: { type: 'index_not_found_exception' } } }],
  [
    'a pattern that shows nothing',
    { status: 200, body: { _shards: { total: 0, failed: 0 }, hits: { total: {}, hits: [] } } },
  ],
])('%s is not an index that has lost everything: nothing is sent', async (_, answer) => {
  const nowhere = { request: () => Promise.resolve(answer), close: () => Promise.resolve() };
  const found = run('whole', { index: new RecordIndex(nowhere, 'any') });
  await expect(found).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(sink.requests).toEqual([]);
});

test('a stream that retention deletes meanwhile is passed over, by a reconciliation and between two copies', async () => {
  const writer = bank('short-lived');
  const place = write('short-lived', writer);
  await run('short-lived');
  index.delete(() => true);
  const streams = await sealedStreams(place);
  const [first] = writer.streams;
  rmSync(join(place, first?.path ?? ''));
  const found = await run('short-lived', { streams, redelivery: undefined });
  expect(found.streams.map(({ stream }) => stream)).toEqual([streams[1]?.streamId]);
  const everything = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const reach = { ...everything, settledMs: Number.POSITIVE_INFINITY };
  const copies = await compareCopies(streams, new RecordIndex(index, 'any'), reach);
  expect(copies.onlySegments.map(({ stream }) => stream)).toEqual([streams[1]?.streamId]);
});

test('two copies: what only the index has is told of a segment too that holds nothing any more', async () => {
  const writer = bank('emptied');
  const place = write('emptied', writer);
  await run('emptied');
  const [, last] = writer.streams;
  writeFileSync(join(place, last?.path ?? ''), '');
  const everything = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const reach = { ...everything, settledMs: Number.POSITIVE_INFINITY };
  const { onlyIndex } = await compareCopies(await sealedStreams(place), new RecordIndex(index, 'any'), reach);
  expect(onlyIndex.map(({ stream, numbers }) => [stream, numbers[0]])).toEqual([[last?.stream.streamId, 1]]);
});

test('a record that the receiver refuses does not keep the others back', async () => {
  const keep = sink.answer;
  sink.answer = (request) =>
    request.records.some(({ attributes }) => attributes['audit.sequence.number'] === 9)
      ? { kind: 'answer', status: 400, body: '' }
      : keep(request);
  const found = await run();
  expect([sum(found, 'refused'), found.refused[0]?.number, exitCodeOf(found)]).toEqual([1, 9, 2]);
  expect(index.size).toBe(found.records - 1);
});

test('a receiver that refuses everything is the fault, not the records', async () => {
  sink.answer = () => ({ kind: 'answer', status: 400, body: '' });
  await expect(run()).rejects.toMatchObject({ code: 'ENDPOINT_FAULT' });
});

test('a segment that was changed is held back: its records would come in under new ids', async () => {
  const writer = bank('changed');
  const [one] = writer.streams;
  const place = write('changed', writer);
  const lines = (one as NonNullable<typeof one>).stream.lines;
  const edited = segmentBytes(lines).toString('utf8').replace('webauthn', 'password');
  writeFileSync(join(place, (one as NonNullable<typeof one>).path), edited);
  const found = await run('changed');
  expect(found.streams.map(({ held, sent }) => [held?.includes('is not what was sealed') ?? false, sent > 0])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(exitCodeOf(found)).toBe(2);
});

function textOf(copies: ComparedCopies): string {
  return copiesLines(copies)
    .map((line) => formatLine(line, false))
    .join('\n');
}

test('two copies: what one has and the other lacks is named by stream and number, young records apart', async () => {
  await run();
  const streams = await sealedStreams(join(directory, 'whole'));
  const everything = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const reach = { ...everything, settledMs: Number.POSITIVE_INFINITY };
  const records = new RecordIndex(index, 'any');
  const whole = textOf(await compareCopies(streams, records, reach));
  expect(whole).toContain('Each has what the other has.');
  const [first = '', second = ''] = streams.map(({ streamId }) => streamId);
  index.delete(({ stream, number }) => stream === second || (stream === first && [3, 5, 6].includes(number)));
  const found = await compareCopies(streams, records, reach);
  expect(found.onlySegments.map(({ stream, numbers }) => [stream, numbers.slice(0, 3)])).toEqual([
    [first, [3, 5, 6]],
    [second, [1, 2, 3]],
  ]);
  expect([found.absent.map(({ stream }) => stream), found.onTheWay, found.onlyIndex]).toEqual([[second], [], []]);
  expect(textOf(found)).toContain(`${first}  3 records`);
  const young = await compareCopies(streams, records, { ...everything, settledMs: 0 });
  expect([young.onlySegments, young.absent, young.onTheWay.length]).toEqual([[], [], 2]);
  const half = await compareCopies(streams.slice(1), records, reach);
  expect(half.onlyIndex.map(({ stream }) => stream)).toEqual([first]);
});
