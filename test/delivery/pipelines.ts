// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuditPipeline,
  type AuditPipelineOptions,
  type Diagnostic,
  startAuditPipeline,
} from '@stepseal/processor';
import { listWriters, type WriterListing } from '@stepseal/processor/data';
import { createKeys } from '@stepseal/processor/keys';
import { OtlpSink } from '@stepseal/testkit';
import { onTestFinished } from 'vitest';

const keys = mkdtempSync(join(tmpdir(), 'stepseal-keys-'));
const identity = createKeys(keys).signer('delivery.test');
rmSync(keys, { recursive: true });

const BACK_OFF = { firstMs: 10, lastMs: 50, faultMs: 50 };

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-delivery-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A sink that lives as long as the test. */
export async function startSink(tls?: ConstructorParameters<typeof OtlpSink>[0]): Promise<OtlpSink> {
  const sink = new OtlpSink(tls);
  await sink.start();
  onTestFinished(() => sink.stop());
  return sink;
}

export interface TestPipeline extends AuditPipeline {
  readonly diagnostics: Diagnostic[];
  /** Emits so many records, `${tag}-0` and on. */
  emit(count: number, tag?: string): void;
}

export function startPipeline(options: Partial<AuditPipelineOptions> & { dataDir: string }): TestPipeline {
  const diagnostics: Diagnostic[] = [];
  const { delivery } = options;
  const pipeline = startAuditPipeline({
    deployment: 'delivery.test',
    identity,
    exitHooks: false,
    seal: { intervalMs: 10 },
    flushTimeoutMs: 3_000,
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    resource: { 'service.name': 'bank' },
    ...options,
    ...(delivery === undefined ? {} : { delivery: { backOff: BACK_OFF, ...delivery } }),
  });
  onTestFinished(() => pipeline.shutdown());
  const logger = pipeline.loggerProvider.getLogger('test');
  return {
    ...pipeline,
    diagnostics,
    emit: (count, tag = 'r') => {
      for (let at = 0; at < count; at++) {
        logger.emit({
          eventName: 'step_up.required',
          attributes: { 'step_up.id': `${tag}-${at}`, 'step_up.trigger.reason': 'policy', 'user.hash': 'h' },
        });
      }
    },
  };
}

/** `step_up.id` of what arrived, in no order. */
export function arrivedIds(sink: OtlpSink): string[] {
  const ids = [...sink.arrived.values()].map(({ record }) => record.attributes['step_up.id']);
  return ids.flatMap((id) => (typeof id === 'string' ? [id] : [])).sort();
}

export function idsOf(count: number, tag = 'r'): string[] {
  return Array.from({ length: count }, (_, at) => `${tag}-${at}`).sort();
}

export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Files of the one writer in a data directory. */
export function onlyWriter(dataDir: string): WriterListing {
  const writers = listWriters(dataDir);
  if (writers.length !== 1) throw new Error(`${writers.length} writers`);
  return writers[0] as WriterListing;
}
