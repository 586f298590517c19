// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { appendFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readSetAside } from '@stepseal/processor/data';
import { expect, test } from 'vitest';
import { arrivedIds, idsOf, onlyWriter, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

test('what was delivered is not sent again after a restart, nor what was set aside', async () => {
  const sink = await startSink();
  const dataDir = temporaryDirectory();
  sink.answer = ({ records }) =>
    records.some(({ attributes }) => attributes['step_up.id'] === 'a-7')
      ? { kind: 'answer', status: 400, body: 'a\u0000b\nmapping of a-7' }
      : { kind: 'accept' };
  const first = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  first.emit(20, 'a');
  await first.shutdown();
  const { directory } = onlyWriter(dataDir);
  expect(readSetAside(directory)).toMatchObject([
    { number: 9, eventName: 'step_up.required', status: 400, answer: 'bad_request: a b mapping of a-7' },
  ]);
  // Half of a line, as a crash leaves it.
  appendFileSync(join(directory, 'set-aside.ndjson'), '{"streamId":"0');
  const sent = sink.requests.length;
  const second = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  second.emit(1, 'b');
  await second.shutdown();
  const again = sink.requests.slice(sent).flatMap(({ records }) => records);
  expect(again.filter(({ attributes }) => String(attributes['step_up.id']).startsWith('a-'))).toEqual([]);
  expect(readSetAside(directory)).toHaveLength(1);
  // With the cursor gone everything comes again, but for what was set aside.
  unlinkSync(join(directory, 'delivery.json'));
  const third = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  await third.shutdown();
  expect(readSetAside(directory)).toHaveLength(1);
  expect(third.status().delivery?.setAside).toBe(0);
  expect([...sink.arrived.values()].every(({ unchanged }) => unchanged)).toBe(true);
  // The server's words may repeat what it was sent: they stay out of the trail.
  const declared = [...sink.arrived.values()]
    .map(({ record }) => record)
    .filter(({ eventName }) => eventName === 'stepseal.undelivered');
  expect(declared.map(({ attributes }) => attributes['stepseal.undelivered.answer'])).toEqual(['400 bad_request']);
});

test('a receiver that refuses even the declaration of what it refused gets no endless row of them', async () => {
  const sink = await startSink();
  sink.answer = ({ records }) =>
    records.some(
      ({ attributes, eventName }) => attributes['step_up.id'] === 'r-3' || eventName === 'stepseal.undelivered',
    )
      ? { kind: 'answer', status: 400 }
      : { kind: 'accept' };
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  pipeline.emit(10);
  await until(() => pipeline.status().delivery?.setAside === 2);
  pipeline.emit(10, 's');
  await pipeline.shutdown();
  expect(readSetAside(onlyWriter(dataDir).directory).map(({ eventName }) => eventName)).toEqual([
    'step_up.required',
    'stepseal.undelivered',
  ]);
  expect(arrivedIds(sink)).toEqual([...idsOf(10).filter((id) => id !== 'r-3'), ...idsOf(10, 's')].sort());
});

test.each([400, 401, 403, 404, 405, 413, 415, 429, 500, 503])(
  'an endpoint that answers %i to everything sets nothing aside',
  async (status) => {
    const sink = await startSink();
    sink.answer = () => ({ kind: 'answer', status });
    const dataDir = temporaryDirectory();
    const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
    pipeline.emit(30);
    await until(() => sink.requests.length > 6);
    expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0 });
    sink.answer = () => ({ kind: 'accept' });
    await until(() => arrivedIds(sink).length === 30);
  },
);

test('a record that is refused while it is the only one there waits for others before it is condemned', async () => {
  const sink = await startSink();
  sink.answer = ({ records }) =>
    records.some(({ eventName }) => eventName === 'stepseal.stream.open')
      ? { kind: 'answer', status: 400 }
      : { kind: 'accept' };
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  await until(() => pipeline.status().delivery?.refused === 1);
  expect(pipeline.status().delivery?.setAside).toBe(0);
  pipeline.emit(10);
  await until(() => arrivedIds(sink).length === 10);
  expect(readSetAside(onlyWriter(dataDir).directory)).toMatchObject([{ number: 1, eventName: 'stepseal.stream.open' }]);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

test.each([
  ['nothing, as a Collector', 200, PROTOBUF_TYPE, ''],
  ['nothing, without a type', 200, {}, ''],
  ['204', 204, {}, ''],
  ['an empty object in JSON', 200, JSON_TYPE, '{}'],
  ['an empty partial success in JSON', 200, JSON_TYPE, '{"partialSuccess":{}}'],
  ['a warning in JSON', 200, JSON_TYPE, '{"partialSuccess":{"errorMessage":"soon out of date"}}'],
])('%s is a success', async (_, status, headers, body) => {
  const sink = await startSink();
  sink.answer = () => ({ kind: 'answer', status, headers, body });
  const pipeline = startPipeline({ dataDir: temporaryDirectory(), delivery: { endpoint: sink.endpoint } });
  pipeline.emit(5);
  await pipeline.forceFlush();
  expect(pipeline.status().delivery).toMatchObject({ lastAnswer: 'accepted', failed: 0, refused: 0 });
});

test.each([
  ['a page', { 'content-type': 'text/html; charset=utf-8' }, '<html>Sign in</html>'],
  ['an empty page', { 'content-type': 'text/html' }, ''],
  ['a word', { 'content-type': 'text/plain' }, 'OK'],
  ['a word in JSON', JSON_TYPE, '"OK"'],
  ['half of an object', JSON_TYPE, '{"partialSuccess":'],
  ['a rejected count below zero', JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":"-1"}}'],
  ['bytes that are no protobuf', PROTOBUF_TYPE, Buffer.from([0xff, 0xff, 0xff])],
  ['more than anybody has to say', JSON_TYPE, `{"x":"${'x'.repeat(500_000)}"}`],
])('200 with %s is no success, and sets nothing aside', async (_, headers, body) => {
  const sink = await startSink();
  sink.answer = () => ({ kind: 'answer', status: 200, headers, body });
  const pipeline = startPipeline({ dataDir: temporaryDirectory(), delivery: { endpoint: sink.endpoint } });
  pipeline.emit(5);
  await until(() => sink.requests.length > 2);
  expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0, lastAnswer: 'fault' });
  sink.answer = () => ({ kind: 'accept' });
  await until(() => arrivedIds(sink).length === 5);
});
