// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SpanContext } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import { type EventRecord, isRegistryEvent } from '@stepseal/core/format';
import { foreignPayload } from './foreign-record.ts';
import { processorsBeside, valueLengthLimit } from './joined-provider.ts';
import { isOwnEvent } from './own-events.ts';
import type { ExportedResource } from './sealed-record.ts';
import { createSealing, type Sealing, type SealingOptions, type SealingStatus } from './sealing.ts';
import { hrTimeMs } from './time-input.ts';

export interface SealingLogRecordProcessorOptions extends SealingOptions {
  /** Seals records that are no registry events as well; default false. */
  readonly sealForeign?: boolean;
}

/** Registry values are cut at their own lengths, so that a limit from here on touches none of them. */
const HARMLESS_LENGTH = 8_192;

/**
 * Seals records that come through somebody else's `LoggerProvider`: `new NodeSDK({ logRecordProcessors: [processor] })`.
 * Only events of the registry are sealed, unless told otherwise.
 *
 * Put it alone, or last among processors that change records. Sealed records leave through the `exporter` it was given
 * and in no other way; an exporter beside it in the same provider sees the same records without their seal, and a warning
 * says so where that can be seen. The provider's limits, sampling by trace and minimum severity act before any processor
 * and can keep records from being sealed; what can be seen of that is reported.
 *
 * Nothing it does throws into the application.
 */
export class SealingLogRecordProcessor implements LogRecordProcessor {
  readonly #sealing: Sealing;
  readonly #sealForeign: boolean;
  #resource: ExportedResource = { attributes: {} };
  #started = false;
  #warned = false;

  /** @throws SealingError `INVALID_OPTION`; with `required` also `NOT_WRITABLE`, `DISK_FULL`, `WRITE_FAILED`, `NO_KEY` */
  constructor(options: SealingLogRecordProcessorOptions) {
    this.#sealForeign = options.sealForeign ?? false;
    this.#sealing = createSealing(options, () => this.#resource);
    // The Resource comes with the first record. If there is none for a second, the stream opens without.
    if (options.required) this.#sealing.start();
    else setTimeout(() => this.#sealing.start(), 1_000).unref();
    setImmediate(() => this.#lookAround());
  }

  onEmit(record: ReadWriteLogRecord): void {
    try {
      this.#resource = record.resource;
      if (!this.#started) this.#lookAt(record);
      const { eventName } = record;
      if (eventName !== undefined && isRegistryEvent(eventName)) this.#emitEvent(record, eventName);
      else if (this.#sealForeign) this.#emitForeign(record);
    } catch (error) {
      this.#sealing.writer.refuse(undefined, error);
    }
  }

  enabled(options: { readonly eventName?: string }): boolean {
    // Without a name it may yet become an event of ours.
    return this.#sealForeign || options.eventName === undefined || isRegistryEvent(options.eventName);
  }

  forceFlush(): Promise<void> {
    return this.#sealing.flush();
  }

  shutdown(): Promise<void> {
    return this.#sealing.shutdown();
  }

  /** Resolves when everything emitted so far survives a power cut; false when it could not be made durable. */
  commit(): Promise<boolean> {
    return this.#sealing.writer.commit();
  }

  status(): SealingStatus {
    return this.#sealing.status();
  }

  #emitEvent(record: ReadWriteLogRecord, eventName: string): void {
    if (isOwnEvent(eventName)) {
      this.#sealing.writer.refuse(eventName);
      return;
    }
    if (record.droppedAttributesCount > 0) {
      this.#sealing.report(
        'ATTRIBUTES_LIMITED',
        'the provider limits dropped attributes of an event before it was sealed',
      );
    }
    const span: SpanContext | undefined = record.spanContext;
    this.#sealing.writer.emit({
      eventName,
      timestampMs: hrTimeMs(record.hrTime),
      observedTimestampMs: hrTimeMs(record.hrTimeObserved),
      traceId: span?.traceId,
      spanId: span?.spanId,
      body: record.body,
      attributes: record.attributes,
    } as EventRecord);
  }

  #emitForeign(record: ReadWriteLogRecord): void {
    const { eventName, spanContext, instrumentationScope } = record;
    this.#sealing.writer.emitForeign(
      foreignPayload({
        eventName,
        timestamp: nanoseconds(record.hrTime),
        observedTimestamp: nanoseconds(record.hrTimeObserved),
        traceId: spanContext?.traceId,
        spanId: spanContext?.spanId,
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        scopeName: instrumentationScope.name,
        scopeVersion: instrumentationScope.version,
        body: record.body,
        attributes: record.attributes,
      }),
    );
  }

  #lookAt(record: ReadWriteLogRecord): void {
    this.#started = true;
    // Whatever the record is, the Resource is known now.
    this.#sealing.start();
    this.#lookAround();
    if (valueLengthLimit(record) < HARMLESS_LENGTH) {
      this.#sealing.report(
        'ATTRIBUTES_LIMITED',
        'the provider limits the length of attribute values; sealed ones may be cut',
      );
    }
  }

  /** Warns of neighbours, once: at start, or with the first record if the provider was not registered by then. */
  #lookAround(): void {
    const beside = processorsBeside(this);
    if (beside === 0 || this.#warned) return;
    this.#warned = true;
    this.#sealing.report(
      'OTHER_EXPORTER',
      `${beside} more log record processor(s) in this provider get the same records without their seal`,
    );
  }
}

function nanoseconds(time: readonly [number, number]): bigint {
  return BigInt(time[0]) * 1_000_000_000n + BigInt(time[1]);
}
