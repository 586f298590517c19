// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { context, logs, trace } from '@opentelemetry/api';
import {
  BatchLogRecordProcessor,
  InMemoryLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { recordHash } from '@stepseal/core/format';
import { expect, onTestFinished, test } from 'vitest';
import type { Diagnostic } from '../src/diagnostics.ts';
import { SealingLogRecordProcessor, type SealingLogRecordProcessorOptions } from '../src/index.ts';
import { checkTrail, text } from './support/check-trail.ts';
import { DEPLOYMENT, identity, temporaryDirectory } from './support/test-pipeline.ts';

const EVENT = {
  eventName: 'step_up.completed',
  attributes: { 'step_up.id': 'one', 'step_up.outcome': 'failed', 'user.hash': 'h' },
  body: 'The step-up failed.',
};

function processorIn(
  dataDir: string,
  options: Partial<SealingLogRecordProcessorOptions> = {},
): { processor: SealingLogRecordProcessor; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const processor = new SealingLogRecordProcessor({
    deployment: DEPLOYMENT,
    dataDir,
    identity,
    exitHooks: false,
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    ...options,
  });
  return { processor, diagnostics };
}

function providerWith(...processors: LogRecordProcessor[]): LoggerProvider {
  const provider = new LoggerProvider({ processors });
  onTestFinished(() => logs.disable());
  return provider;
}

test('an event emitted through NodeSDK is sealed with its resource, trace and time', async () => {
  const dataDir = temporaryDirectory();
  const { processor } = processorIn(dataDir);
  const sdk = new NodeSDK({ serviceName: 'bank', logRecordProcessors: [processor], autoDetectResources: false });
  sdk.start();
  onTestFinished(() => {
    logs.disable();
    trace.disable();
    context.disable();
  });
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  logs.getLogger('app').emit({
    ...EVENT,
    timestamp: 1_795_000_000_123,
    context: trace.setSpanContext(context.active(), spanContext),
  });
  await sdk.shutdown();
  const trail = checkTrail(dataDir);
  const [event] = trail.events;
  expect(event).toMatchObject({ traceId: spanContext.traceId, spanId: spanContext.spanId });
  expect(event?.timestamp).toBe(1_795_000_000_123_000_000n);
  const open = trail.streams[0]?.records[0]?.payload;
  expect(open && text(open, 'stepseal.resource')).toContain('"service.name":{"stringValue":"bank"}');
});

test('a foreign record stays unsealed unless it is asked for, and is sealed whole when it is', async () => {
  for (const sealForeign of [false, true]) {
    const dataDir = temporaryDirectory();
    const { processor } = processorIn(dataDir, { sealForeign });
    const provider = providerWith(processor);
    provider
      .getLogger('app', '2.1')
      .emit({ body: { deep: [1, 'x', true, 2.5] }, severityNumber: 17, severityText: 'ERROR' });
    await provider.shutdown();
    const [event] = checkTrail(dataDir).events;
    if (!sealForeign) {
      expect(event).toBeUndefined();
      continue;
    }
    expect(event && text(event, 'stepseal.foreign.scope.name')).toBe('app');
    expect(event && text(event, 'stepseal.foreign.scope.version')).toBe('2.1');
    expect(event && text(event, 'stepseal.foreign.severity_text')).toBe('ERROR');
    expect(event?.body?.type).toBe('map');
  }
});

test('what the caller changes after emit does not change the sealed record', async () => {
  const dataDir = temporaryDirectory();
  const { processor } = processorIn(dataDir, { sealForeign: true });
  const provider = providerWith(processor);
  const body = { state: 'before' };
  provider.getLogger('app').emit({ body });
  body.state = 'after';
  await provider.shutdown();
  expect(
    JSON.stringify(checkTrail(dataDir).events[0], (_, value) =>
      value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
    ),
  ).not.toContain('after');
});

test('an exporter gets every sealed record once, in order, with the payload it can be checked against', async () => {
  const dataDir = temporaryDirectory();
  const exporter = new InMemoryLogRecordExporter();
  const { processor } = processorIn(dataDir, { exporter, seal: { maxRecords: 3 } });
  const provider = providerWith(processor);
  const logger = provider.getLogger('app');
  for (let i = 0; i < 7; i++) logger.emit(EVENT);
  await provider.forceFlush();
  const records = exporter.getFinishedLogRecords();
  const numbers = records.map((record) => record.attributes['audit.sequence.number']);
  expect(numbers).toEqual(Array.from({ length: records.length }, (_, at) => at + 1));
  expect(records.filter((record) => record.eventName === EVENT.eventName)).toHaveLength(7);
  for (const record of records) {
    const payload = String(record.attributes['audit.integrity.payload']);
    expect(record.attributes['audit.integrity.hash']).toBe(recordHash(payload));
    expect(record.attributes['audit.integrity.seal']).toBeGreaterThanOrEqual(
      Number(record.attributes['audit.sequence.number']),
    );
    const sealing = record.attributes['audit.integrity.seal'] === record.attributes['audit.sequence.number'];
    expect(record.attributes['audit.integrity.note'] !== undefined).toBe(sealing);
  }
  expect(records.find((record) => record.eventName === EVENT.eventName)).toMatchObject({
    severityNumber: 13,
    severityText: 'WARN',
    body: EVENT.body,
  });
  await provider.shutdown();
});

test('nothing leaves before its note is in the file', async () => {
  const exporter = new InMemoryLogRecordExporter();
  const signing = Promise.withResolvers<void>();
  const slow = { ...identity, sign: (message: Uint8Array) => signing.promise.then(() => identity.sign(message)) };
  const { processor } = processorIn(temporaryDirectory(), { exporter, identity: slow });
  const provider = providerWith(processor);
  provider.getLogger('app').emit(EVENT);
  expect(await processor.commit()).toBe(true);
  expect(exporter.getFinishedLogRecords()).toEqual([]);
  signing.resolve();
  await provider.forceFlush();
  expect(exporter.getFinishedLogRecords().length).toBeGreaterThan(1);
  await provider.shutdown();
});

test('a second processor in the same provider is warned of', async () => {
  const { processor, diagnostics } = processorIn(temporaryDirectory());
  const beside = new BatchLogRecordProcessor({ exporter: new InMemoryLogRecordExporter() });
  const provider = providerWith(processor, beside);
  logs.setGlobalLoggerProvider(provider);
  onTestFinished(() => logs.disable());
  await new Promise(setImmediate);
  expect(diagnostics.map(({ code }) => code)).toContain('OTHER_EXPORTER');
  await provider.shutdown();
});

test('limits of the provider that cut what is sealed are warned of', async () => {
  const { processor, diagnostics } = processorIn(temporaryDirectory());
  const provider = new LoggerProvider({ processors: [processor], logRecordLimits: { attributeValueLengthLimit: 20 } });
  provider.getLogger('app').emit(EVENT);
  expect(diagnostics.map(({ code }) => code)).toContain('ATTRIBUTES_LIMITED');
  await provider.shutdown();
});

test('a flush and a shutdown at once lose nothing that is emitted between them', async () => {
  const dataDir = temporaryDirectory();
  const { processor } = processorIn(dataDir);
  const provider = providerWith(processor);
  const logger = provider.getLogger('app');
  logger.emit(EVENT);
  const flushing = processor.forceFlush();
  const ending = processor.shutdown();
  for (let i = 0; i < 100; i++) logger.emit(EVENT);
  await Promise.all([flushing, ending, processor.shutdown()]);
  expect(checkTrail(dataDir).events).toHaveLength(101);
});
