// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { context, createContextKey } from '@opentelemetry/api';
import { parseNoteLine } from '@stepseal/core/format';
import type { Report } from './diagnostics.ts';
import { type ExportedResource, type ExportedScope, type SealedLogRecord, sealedLogRecord } from './sealed-record.ts';
import type { DeliveryQueue } from './writer-options.ts';

/** Any `LogRecordExporter` of the OpenTelemetry logs SDK. */
export interface SealedRecordExporter {
  export(records: SealedLogRecord[], done: (result: { code: number; error?: Error }) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

interface Waiting {
  readonly number: number;
  readonly payload: string;
  readonly hash: string;
}

interface Ready extends Waiting {
  readonly seal?: number;
  readonly note?: string;
}

const BATCH = 512;

/** Sealed records waiting for the exporter at most; older ones are let go. They stay in the segment. */
const READY = 65_536;

// Keys of equal name are equal across copies of the API: the exporter's own requests must not become spans.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * Hands sealed records to an exporter, in order, one batch at a time, and none before its note is in a file: all that
 * leaves is signed and durable.
 */
export class Delivery implements DeliveryQueue {
  readonly #exporter: SealedRecordExporter;
  readonly #resource: () => ExportedResource;
  readonly #report: Report;
  readonly #scopes = new Map<string, ExportedScope>();
  #waiting: Waiting[] = [];
  /** Records of a stream whose file was given up: its successor's open note covers them. */
  #adopted: Waiting[] = [];
  #ready: Ready[] = [];
  #exporting = false;
  #flushers: (() => void)[] = [];

  constructor(exporter: SealedRecordExporter, resource: () => ExportedResource, report: Report) {
    this.#exporter = exporter;
    this.#resource = resource;
    this.#report = report;
  }

  opened(): void {
    this.#waiting = [];
  }

  recorded(number: number, payload: string, hash: string): void {
    this.#waiting.push({ number, payload, hash });
  }

  noteWritten(size: number, line: string): void {
    this.#ready.push(...this.#adopted.splice(0));
    const covered = this.#waiting.findIndex((record) => record.number > size);
    const records = this.#waiting.splice(0, covered === -1 ? this.#waiting.length : covered);
    for (const record of records) {
      const note = record.number === size ? { note: parseNoteLine(Buffer.from(line)) } : {};
      this.#ready.push({ ...record, seal: size, ...note });
    }
    if (this.#ready.length > READY) {
      this.#ready.splice(0, this.#ready.length - READY);
      this.#report('EXPORT_FAILED', 'the exporter is too slow; the oldest sealed records stay in the segment only');
    }
    this.#exportNext();
  }

  abandoned(synced: number): void {
    this.#adopted.push(...this.#waiting.filter((record) => record.number <= synced));
    this.#waiting = [];
  }

  /** Resolves when everything ready now was handed over and answered. */
  async flush(): Promise<void> {
    if (this.#exporting || this.#ready.length > 0) await new Promise<void>((done) => this.#flushers.push(done));
    try {
      await this.#exporter.forceFlush?.();
    } catch (error) {
      this.#report('EXPORT_FAILED', 'the exporter did not flush', error);
    }
  }

  async shutdown(): Promise<void> {
    await this.flush();
    try {
      await this.#exporter.shutdown();
    } catch (error) {
      this.#report('EXPORT_FAILED', 'the exporter did not shut down', error);
    }
  }

  #exportNext(): void {
    if (this.#exporting) return;
    if (this.#ready.length === 0) {
      for (const done of this.#flushers.splice(0)) done();
      return;
    }
    this.#exporting = true;
    // Not in the turn of a request: making the records costs time that nobody should wait for.
    setImmediate(() => this.#export(this.#ready.splice(0, BATCH)));
  }

  #export(batch: readonly Ready[]): void {
    let answered = false;
    const done = (error?: unknown): void => {
      if (answered) return;
      answered = true;
      if (error !== undefined) this.#report('EXPORT_FAILED', 'sealed records were not delivered', error);
      this.#exporting = false;
      this.#exportNext();
    };
    try {
      const resource = this.#resource();
      const records = batch.map((record) => sealedLogRecord(record, resource, this.#scopes));
      context.with(context.active().setValue(SUPPRESS_TRACING, true), () => {
        this.#exporter.export(records, ({ code, error }) => {
          done(code === 0 ? undefined : (error ?? new Error('the exporter gave no reason')));
        });
      });
    } catch (error) {
      done(error);
    }
  }
}
