// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync, writeFileSync } from 'node:fs';
import { listWriters } from '@stepseal/processor/data';
import { expect, test } from 'vitest';
import { arrivedIds, idsOf, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

test('more records at the end than are asked with, none of which is wanted, do not hold up one that comes behind them', async () => {
  const sink = await startSink();
  sink.answer = ({ records }) =>
    records.every(({ attributes }) => String(attributes['step_up.id']).startsWith('good-'))
      ? { kind: 'accept' }
      : { kind: 'answer', status: 400 };
  const pipeline = startPipeline({ dataDir: temporaryDirectory(), delivery: { endpoint: sink.endpoint } });
  pipeline.emit(20, 'bad');
  await until(() => pipeline.diagnostics.some(({ code }) => code === 'ENDPOINT_FAULT'));
  expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0 });
  pipeline.emit(100, 'good');
  await until(() => arrivedIds(sink).length === 100);
  expect(arrivedIds(sink)).toEqual(idsOf(100, 'good'));
});

test('a damaged line condemns no record in front of it while an endpoint refuses everything', async () => {
  const dataDir = temporaryDirectory();
  const earlier = startPipeline({ dataDir });
  earlier.emit(10);
  await earlier.shutdown();
  const segment = listWriters(dataDir)[0]?.segments[0]?.path ?? '';
  const lines = readFileSync(segment, 'utf8').split('\n');
  const last = lines.findLastIndex((line) => line.includes('step_up.id'));
  writeFileSync(segment, lines.with(last, 'x'.repeat(lines[last]?.length ?? 0)).join('\n'));
  const sink = await startSink();
  sink.answer = () => ({ kind: 'answer', status: 400 });
  const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
  await until(() => sink.requests.length > 40);
  expect(pipeline.status().delivery).toMatchObject({ delivered: 0, setAside: 0 });
  sink.answer = () => ({ kind: 'accept' });
  await until(() => arrivedIds(sink).length === 9);
  expect(arrivedIds(sink)).toEqual(idsOf(9));
});
