// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attributes, LoggerProvider, LogRecord } from '@opentelemetry/api';
import { SealingError } from './errors.ts';
import type { CaptureFacts } from './health.ts';
import { SealingLoggerProvider } from './logger-provider.ts';
import { createSealing, type SealingOptions, type SealingStatus } from './sealing.ts';

/** The first stream waits this long for Resource attributes that are still being found out. */
const RESOURCE_WAIT_MS = 1_000;

export interface AuditPipelineOptions extends SealingOptions {
  /** Resource attributes; those of an allow-list are stated in the open record. */
  readonly resource?: Attributes;
  /** More of them, waited for at most one second, and not at all once a record is there. */
  readonly moreResource?: Promise<Attributes>;
  /**
   * What `commit` does when a record cannot be made durable: `strict` says so and goes on, `closed` rejects. Default
   * `strict`.
   */
  readonly commitPolicy?: 'strict' | 'closed';
}

/** Sealing in this thread, through a `LoggerProvider` of its own. */
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
  /** Covers everything emitted so far with a signed note, and delivers it as far as that goes in `flushTimeoutMs`. */
  forceFlush(): Promise<void>;
  /** Tells the health file of capture: asked each time it is written, every five seconds. */
  describe(capture: () => CaptureFacts): void;
  /** Deletes now what retention says is due, as it does by itself once a minute. Never rejects. */
  applyRetention(): Promise<void>;
  /** As {@link forceFlush}, then ends the stream. Later records are counted and not sealed. */
  shutdown(): Promise<void>;
  status(): SealingStatus;
}

/**
 * Starts sealing in this thread.
 *
 * @throws SealingError `INVALID_OPTION`; with `required` also `NOT_WRITABLE`, `DISK_FULL`, `WRITE_FAILED`, `NO_KEY`
 */
export function startAuditPipeline(options: AuditPipelineOptions): AuditPipeline {
  let attributes = options.resource ?? {};
  const sealing = createSealing(options, () => ({ attributes }));
  if (options.required || options.moreResource === undefined) sealing.start();
  else {
    // A record that comes before this is over opens the stream with what is known.
    const timer = setTimeout(sealing.start, RESOURCE_WAIT_MS).unref();
    options.moreResource
      .then((more) => {
        attributes = { ...attributes, ...more };
      })
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer);
        sealing.start();
      });
  }
  const loggerProvider = new SealingLoggerProvider(sealing.writer, sealing.clock);
  const logger = loggerProvider.getLogger('stepseal');
  return {
    loggerProvider,
    commit: async (record) => {
      if (record !== undefined) logger.emit(record);
      const durable = await sealing.writer.commit();
      if (durable || options.commitPolicy !== 'closed') return durable;
      throw new SealingError('SYNC_FAILED', 'the record could not be made durable');
    },
    forceFlush: sealing.flush,
    describe: sealing.describe,
    applyRetention: () => sealing.retention.run(),
    shutdown: sealing.shutdown,
    status: sealing.status,
  };
}
