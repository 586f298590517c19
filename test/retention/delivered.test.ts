// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OtlpSink } from '@stepseal/testkit';
import { directorySource, readRecords } from '@stepseal/verifier';
import { expect, onTestFinished, test } from 'vitest';
import { age, report, segmentsOf, startService, temporaryDirectory } from './service.ts';

async function startSink(): Promise<OtlpSink> {
  const sink = new OtlpSink();
  await sink.start();
  onTestFinished(() => sink.stop());
  return sink;
}

test('with an endpoint a week is the limit, and every record that is deleted had arrived', async () => {
  const sink = await startSink();
  const directory = temporaryDirectory();
  const service = startService(directory, { delivery: { endpoint: sink.endpoint } });
  service.emit(60);
  await service.forceFlush();
  const due = segmentsOf(directory).slice(0, 3);
  const sealed: string[] = [];
  for await (const { payload, source } of readRecords(directorySource(directory))) {
    const id = payload.attributes.get('audit.record.id');
    if (due.includes(source) && id?.type === 'string') sealed.push(id.value);
  }
  age(due, 6);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual(expect.arrayContaining(due));
  age(due, 8);
  await service.applyRetention();
  expect(segmentsOf(directory).filter((path) => due.includes(path))).toEqual([]);
  expect(sealed.length).toBeGreaterThan(20);
  expect(sealed.filter((id) => !sink.arrived.has(id))).toEqual([]);
  await service.shutdown();
  expect((await report(directory)).grade).toBe('SEALED');
  expect(service.said).toEqual([]);
});

test('while the endpoint is away nothing is deleted, however old it is', async () => {
  const sink = await startSink();
  const { endpoint } = sink;
  await sink.stop();
  const directory = temporaryDirectory();
  const service = startService(directory, {
    delivery: { endpoint },
    flushTimeoutMs: 50,
    retention: { maxBytes: 1, minFreeBytes: Number.MAX_SAFE_INTEGER },
  });
  service.emit(60);
  await service.forceFlush();
  const all = segmentsOf(directory);
  age(all, 1_000);
  await service.applyRetention();
  expect(segmentsOf(directory)).toEqual(all);
  await service.shutdown();
});
