// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics.ts';
import { type AuditPipeline, type AuditPipelineOptions, startAuditPipeline } from '../../src/pipeline.ts';
import { newStreamKey } from '../../src/stream-key.ts';

export const DEPLOYMENT = 'bank.test';

/** One identity for all pipelines of a test file. */
export const identity = newStreamKey(DEPLOYMENT);

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface TestPipeline extends AuditPipeline {
  readonly diagnostics: Diagnostic[];
  /** Emits `step_up.required` with this `step_up.id`. */
  emit(id: string): void;
}

export function testPipeline(dataDir: string, options: Partial<AuditPipelineOptions> = {}): TestPipeline {
  const diagnostics: Diagnostic[] = [];
  const pipeline = startAuditPipeline({
    deployment: DEPLOYMENT,
    dataDir,
    identity,
    exitHooks: false,
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    ...options,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  return {
    ...pipeline,
    diagnostics,
    emit: (id) =>
      logger.emit({
        eventName: 'step_up.required',
        attributes: {
          'step_up.id': id,
          'step_up.trigger.reason': 'policy',
          'user.hash': 'h',
          'step_up.source.layer': 'app',
        },
      }),
  };
}

/** What the death of the process does to its claims. Here the process lives on. */
export function endClaims(dataDir: string): void {
  for (const entry of readdirSync(dataDir, { recursive: true, encoding: 'utf8' })) {
    if (/owner\.\d{6}$/.test(entry)) renameSync(join(dataDir, entry), join(dataDir, `${entry}.released`));
  }
}
