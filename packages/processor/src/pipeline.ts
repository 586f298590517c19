// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { startupSnapshot } from 'node:v8';
import type { LoggerProvider, LogRecord } from '@opentelemetry/api';
import { isDeploymentName } from '@stepseal/core/format';
import { type Clock, systemClock } from './clock.ts';
import { type DiagnosticSink, reporter, stderrSink } from './diagnostics.ts';
import { SealingError } from './errors.ts';
import { installExitHooks } from './exit-hooks.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import type { Signer } from './keys/signer.ts';
import { SealingLoggerProvider } from './logger-provider.ts';
import { systemProcessTable } from './process-identity.ts';
import { type RandomFill, systemRandom } from './record-id.ts';
import { resourceText } from './resource.ts';
import type { SpoolLimits } from './spool.ts';
import { Writer, type WriterState } from './writer.ts';
import type { RollSettings, SealSettings } from './writer-options.ts';

const PIPELINE_LOGGER = 'stepseal';

/** The first stream waits this long for Resource attributes that are still being found out. */
const RESOURCE_WAIT_MS = 1_000;

export interface AuditPipelineOptions {
  /** Name of the deployment: `[a-z0-9.-]+(/[a-z0-9._-]+)*`. */
  readonly deployment: string;
  /** Directory of the segments; created when missing. */
  readonly dataDir: string;
  /** The identity key. Without it records wait in memory up to the bound, and are then lost. */
  readonly identity?: Signer;
  readonly seal?: Partial<SealSettings>;
  readonly roll?: Partial<RollSettings>;
  /** Bounds of what waits in memory while no file can be written; default 4096 records and 16 MiB. */
  readonly spool?: Partial<SpoolLimits>;
  /** Resource attributes; those of an allow-list are stated in the open record. */
  readonly resource?: Readonly<Record<string, unknown>>;
  /** More of them, waited for at most one second, and not at all once a record is there. */
  readonly moreResource?: Promise<Readonly<Record<string, unknown>>>;
  /** Hash of the redaction policy in force. */
  readonly redactionHash?: string;
  /** Start fails instead of running unsealed; default false. */
  readonly required?: boolean;
  /**
   * What `commit` does when a record cannot be made durable: `strict` says so and goes on, `closed` rejects. Default
   * `strict`.
   */
  readonly commitPolicy?: 'strict' | 'closed';
  /** Default: one line on standard error, at most one a minute for each code. */
  readonly onDiagnostic?: DiagnosticSink;
  /** Hooks for exit and signals; default true. */
  readonly exitHooks?: boolean;
  readonly files?: FileSystem;
  readonly clock?: Clock;
  readonly random?: RandomFill;
}

export interface AuditPipelineStatus {
  readonly state: WriterState;
  readonly streamId?: string;
  /** The segment being written. */
  readonly file?: string;
  /** Last record's number in the stream. */
  readonly number: number;
  /** Records since the last sealing record. */
  readonly uncovered: number;
  /** Records waiting in memory for a file. */
  readonly waiting: number;
  /** Losses no gap record declares yet. */
  readonly undeclared: number;
  /** Records lost since the start. */
  readonly lost: number;
  readonly blockedBy?: SealingError['code'];
}

export interface AuditPipeline {
  /** Hand this to instrumentations: `registerInstrumentations({ loggerProvider })`. */
  readonly loggerProvider: LoggerProvider;
  /**
   * Resolves when everything emitted so far, `record` included, survives a power cut.
   *
   * @returns false when it could not be made durable and the policy is `strict`
   * @throws SealingError under the policy `closed`
   */
  commit(record?: LogRecord): Promise<boolean>;
  /** Covers everything emitted so far with a signed note. */
  forceFlush(): Promise<void>;
  /** As {@link forceFlush}, then ends the stream. Later records are counted and not sealed. */
  shutdown(): Promise<void>;
  status(): AuditPipelineStatus;
}

/**
 * Starts sealing in this thread.
 *
 * @throws SealingError `INVALID_OPTION`; with `required` also `NOT_WRITABLE`, `DISK_FULL`, `WRITE_FAILED`, `NO_KEY`
 */
export function startAuditPipeline(options: AuditPipelineOptions): AuditPipeline {
  if (!isDeploymentName(options.deployment))
    throw new SealingError('INVALID_OPTION', 'the deployment has no valid name');
  const clock = options.clock ?? systemClock;
  const files = options.files ?? nodeFileSystem;
  const report = reporter(options.onDiagnostic ?? stderrSink, clock);
  let resource = options.resource ?? {};
  const writer = new Writer({
    deployment: options.deployment,
    dataDir: options.dataDir,
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    seal: { maxRecords: 256, intervalMs: 1_000, heartbeatMs: 60_000, ...options.seal },
    roll: { maxBytes: 64 * 1024 * 1024, maxAgeMs: 86_400_000, ...options.roll },
    spool: { records: 4_096, length: 16 * 1024 * 1024, ...options.spool },
    resource: () => resourceText(resource),
    ...(options.redactionHash === undefined ? {} : { redactionHash: options.redactionHash }),
    files,
    processes: systemProcessTable(files),
    clock,
    random: options.random ?? systemRandom,
    report,
    buildingSnapshot: () => startupSnapshot.isBuildingSnapshot(),
  });
  if (options.required) writer.startOrThrow();
  else if (options.moreResource === undefined) writer.start();
  else {
    const timer = setTimeout(() => writer.start(), RESOURCE_WAIT_MS).unref();
    options.moreResource
      .then((more) => {
        resource = { ...resource, ...more };
      })
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer);
        writer.start();
      });
  }
  if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.addDeserializeCallback(() => writer.start());
  const removeHooks =
    options.exitHooks === false
      ? () => {}
      : installExitHooks({ close: () => writer.closeNow(), crash: () => writer.syncNow(), idle: () => {} });
  const loggerProvider = new SealingLoggerProvider(writer, clock);
  const logger = loggerProvider.getLogger(PIPELINE_LOGGER);
  let ending: Promise<void> | undefined;
  return {
    loggerProvider,
    commit: async (record) => {
      if (record !== undefined) logger.emit(record);
      const durable = await writer.commit();
      if (durable || options.commitPolicy !== 'closed') return durable;
      throw new SealingError('SYNC_FAILED', 'the record could not be made durable');
    },
    forceFlush: () => writer.flush(),
    shutdown: () => {
      ending ??= writer.flush().then(() => {
        // What was emitted while the flush was under way is in the stream too: closing covers it.
        writer.shutDown();
        removeHooks();
      });
      return ending;
    },
    status: () => ({ state: writer.state, ...writer.progress }),
  };
}
