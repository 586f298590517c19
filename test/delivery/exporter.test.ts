// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import type { AuditPipelineOptions } from '@stepseal/processor';
import { listWriters, readSetAside } from '@stepseal/processor/data';
import type { OtlpSink } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { arrivedIds, idsOf, startPipeline, startSink, temporaryDirectory, until } from './pipelines.ts';

type Exporter = NonNullable<AuditPipelineOptions['exporter']>;

function openTelemetry(sink: OtlpSink): Exporter {
  return new OTLPLogExporter({ url: sink.endpoint }) as unknown as Exporter;
}

test("OpenTelemetry's own exporter gets every sealed record, a predecessor's and its own, with payload and note", async () => {
  const dataDir = temporaryDirectory();
  const before = startPipeline({ dataDir });
  before.emit(10, 'before');
  await before.shutdown();
  const sink = await startSink();
  const pipeline = startPipeline({ dataDir, exporter: openTelemetry(sink) });
  pipeline.emit(10, 'after');
  await pipeline.shutdown();
  expect(arrivedIds(sink)).toEqual([...idsOf(10, 'after'), ...idsOf(10, 'before')].sort());
  const opened = [...sink.arrived.values()].filter(({ record }) => record.eventName === 'stepseal.stream.open');
  expect(opened.map(({ record }) => record.attributes['audit.integrity.note'])).toEqual([
    expect.stringContaining('delivery.test/stream/'),
    expect.stringContaining('delivery.test/stream/'),
  ]);
});

test('what an exporter reports as failed is handed to it again, for as long as it takes', async () => {
  const sink = await startSink();
  sink.answer = () => ({ kind: 'answer', status: 400 });
  // Without pauses of its own the test would take seconds.
  const exporter = openTelemetry(sink);
  const pipeline = startPipeline({ dataDir: temporaryDirectory(), exporter, flushTimeoutMs: 100 });
  pipeline.emit(10);
  await until(() => sink.requests.length >= 2);
  expect(pipeline.diagnostics.map(({ code }) => code)).toEqual(['EXPORT_FAILED']);
  sink.answer = () => ({ kind: 'accept' });
  await until(() => arrivedIds(sink).length === 10);
  expect(pipeline.status().delivery).toMatchObject({ setAside: 0, endpoint: 'exporter' });
});

test('known limit: a partial success is a success to an exporter, so that what was rejected counts as delivered', async () => {
  const sink = await startSink();
  sink.answer = () => ({ kind: 'reject', which: ({ attributes }) => attributes['step_up.id'] === 'r-3' });
  const dataDir = temporaryDirectory();
  const pipeline = startPipeline({ dataDir, exporter: openTelemetry(sink) });
  pipeline.emit(10);
  await pipeline.shutdown();
  expect(arrivedIds(sink)).toEqual(idsOf(10).filter((id) => id !== 'r-3'));
  expect(readSetAside(listWriters(dataDir)[0]?.directory ?? '')).toEqual([]);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
  ['never answers', () => {}],
] as const)('an exporter that %s blocks neither the application nor the end', async (_, work) => {
  const exporter: Exporter = { export: work, shutdown: () => Promise.resolve() };
  const pipeline = startPipeline({ dataDir: temporaryDirectory(), exporter, flushTimeoutMs: 50 });
  pipeline.emit(10);
  expect(await pipeline.commit()).toBe(true);
  await pipeline.shutdown();
  expect(pipeline.status().delivery?.delivered).toBe(0);
});

test('two receivers at once are refused', () => {
  const exporter: Exporter = { export: () => {}, shutdown: () => Promise.resolve() };
  const delivery = { endpoint: 'http://127.0.0.1:1/v1/logs' };
  expect(() => startPipeline({ dataDir: temporaryDirectory(), exporter, delivery })).toThrow('two receivers');
});
