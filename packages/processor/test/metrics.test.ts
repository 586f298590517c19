// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { type MeterProvider, metrics } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

type Callback = (result: { observe(value: number): void }) => void;

/** A provider that keeps what it is told, as far as observable instruments go. */
class Collector {
  readonly instruments = new Map<string, { readonly kind: string; readonly unit: string; callbacks: Callback[] }>();

  readonly provider = {
    getMeter: (name: string) => ({
      createObservableCounter: (of: string, options: { unit: string }) => this.#add('counter', of, options, name),
      createObservableGauge: (of: string, options: { unit: string }) => this.#add('gauge', of, options, name),
    }),
  } as unknown as MeterProvider;

  collect(): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [name, { callbacks }] of this.instruments)
      for (const callback of callbacks) callback({ observe: (value) => (values[name] = value) });
    return values;
  }

  #add(kind: string, name: string, { unit }: { unit: string }, scope: string): object {
    expect(scope).toBe('@stepseal/processor');
    const instrument = { kind, unit, callbacks: [] as Callback[] };
    this.instruments.set(name, instrument);
    return {
      addCallback: (callback: Callback) => instrument.callbacks.push(callback),
      removeCallback: (callback: Callback) => {
        instrument.callbacks = instrument.callbacks.filter((other) => other !== callback);
      },
    };
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  metrics.disable();
});

test('the meters show what the pipeline did, and are let go of at its end', async () => {
  const collector = new Collector();
  const pipeline = testPipeline(temporaryDirectory(), { meterProvider: collector.provider });
  for (let at = 0; at < 10; at++) pipeline.emit(`r${at}`);
  await pipeline.forceFlush();
  const { 'stepseal.seal.age': age, ...counts } = collector.collect();
  expect(age).toBeLessThan(60);
  expect(counts).toEqual({
    'stepseal.records.emitted': 10,
    'stepseal.records.acknowledged': 12,
    'stepseal.records.sealed': 12,
    'stepseal.records.delivered': 0,
    'stepseal.records.refused': 0,
    'stepseal.records.set_aside': 0,
    'stepseal.queue.age': 0,
  });
  await pipeline.shutdown();
  expect(collector.collect()).toEqual({});
});

test('a provider that the application registers after us is found', async () => {
  const collector = new Collector();
  const pipeline = testPipeline(temporaryDirectory());
  pipeline.emit('r');
  metrics.setGlobalMeterProvider(collector.provider);
  onTestFinished(() => metrics.disable());
  vi.advanceTimersByTime(5_000);
  expect(collector.collect()['stepseal.records.emitted']).toBe(1);
  await pipeline.shutdown();
});

test('counts go on over rolls, and name each record once', async () => {
  const collector = new Collector();
  const pipeline = testPipeline(temporaryDirectory(), {
    meterProvider: collector.provider,
    roll: { maxBytes: 9_000 },
  });
  for (let at = 0; at < 40; at++) pipeline.emit(`r${at}`);
  await pipeline.forceFlush();
  const counts = collector.collect();
  expect(counts['stepseal.records.sealed']).toBeGreaterThan(48);
  expect(counts['stepseal.records.acknowledged']).toBe(counts['stepseal.records.sealed']);
  await pipeline.shutdown();
});

test('a provider that throws is not the application\u2019s to see', async () => {
  const provider = {
    getMeter: () => {
      throw new Error('no meters');
    },
  } as unknown as MeterProvider;
  const pipeline = testPipeline(temporaryDirectory(), { meterProvider: provider });
  pipeline.emit('r');
  expect(await pipeline.commit()).toBe(true);
  await pipeline.shutdown();
});

test('docs/metrics.md lists every instrument with its kind and unit', async () => {
  const collector = new Collector();
  const pipeline = testPipeline(temporaryDirectory(), { meterProvider: collector.provider });
  const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  // Further down are those of the command, which has a test of its own.
  const rows = [...(page.split('\n## ')[0] ?? '').matchAll(/^\| `(stepseal\.[\w.]+)` \| (\w+) \| `([^`]+)` \|/gm)];
  expect(rows.map(([, name, kind, unit]) => [name, kind, unit]).sort()).toEqual(
    [...collector.instruments].map(([name, { kind, unit }]) => [name, kind, unit]).sort(),
  );
  await pipeline.shutdown();
});
