// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { withoutTracing } from '../global-api.ts';
import { type ExportedStream, exportedStream } from '../otlp/exported-stream.ts';
import { ExportedGroups, type SealedLogRecord, sealedLogRecord } from '../sealed-record.ts';
import { type Carrier, type Load, MALFORMED, type Outcome } from './carrier.ts';

/** Any `LogRecordExporter` of the OpenTelemetry logs SDK. */
export interface SealedRecordExporter {
  export(records: SealedLogRecord[], done: (result: { code: number; error?: Error }) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Of a stream whose open record somebody changed: the verifier says so; the records leave all the same. */
const NO_STREAM: ExportedStream = { resource: new Map(), softwareVersion: '' };

/** An exporter that has not answered by then is asked again. */
const ANSWER_MS = 60_000;

/**
 * Hands records to an exporter. What it calls a success moves the cursor, and it says no more than that: the exporters of
 * the OpenTelemetry SDK call a partial success a success. All failures are alike and are tried again.
 */
export class ExporterCarrier implements Carrier {
  readonly destination = 'exporter';
  readonly #exporter: SealedRecordExporter;
  #open: Uint8Array | undefined;
  #groups = new ExportedGroups(NO_STREAM);
  #abandon = (): void => {};

  constructor(exporter: SealedRecordExporter) {
    this.#exporter = exporter;
  }

  carry({ open, records }: Load): Promise<Outcome> {
    if (open !== this.#open) {
      this.#open = open;
      this.#groups = new ExportedGroups(streamOf(open));
    }
    let exported: SealedLogRecord[];
    try {
      exported = records.map((record) => sealedLogRecord(record, this.#groups));
    } catch {
      return Promise.resolve(MALFORMED);
    }
    return new Promise((resolve) => {
      const failed = (problem: string): void => resolve({ kind: 'unreachable', status: 0, problem });
      const timer = setTimeout(() => failed('the exporter did not answer in a minute'), ANSWER_MS).unref();
      this.#abandon = () => {
        clearTimeout(timer);
        failed('delivery ends');
      };
      try {
        withoutTracing(() =>
          this.#exporter.export(exported, ({ code }) => {
            clearTimeout(timer);
            if (code === 0) resolve({ kind: 'accepted', status: 0 });
            else failed('the exporter reported a failure');
          }),
        );
      } catch {
        clearTimeout(timer);
        failed('the exporter threw');
      }
    });
  }

  async flush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  async close(): Promise<void> {
    this.#abandon();
    await this.#exporter.shutdown();
  }
}

function streamOf(open: Uint8Array): ExportedStream {
  try {
    return exportedStream(open);
  } catch {
    return NO_STREAM;
  }
}
