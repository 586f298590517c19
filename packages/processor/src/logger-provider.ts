// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  INVALID_SPANID,
  INVALID_TRACEID,
  isSpanContextValid,
  type Logger,
  type LoggerProvider,
  type LogRecord,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import { type EventRecord, isRegistryEvent } from '@stepseal/core/format';
import type { Clock } from './clock.ts';
import { foreignPayload } from './foreign-record.ts';
import { activeContext } from './global-api.ts';
import { isOwnEvent } from './own-events.ts';
import { timeInputMs } from './time-input.ts';
import type { Writer } from './writer.ts';

const NS_PER_MS = 1_000_000n;
const NO_ATTRIBUTES = {};

/**
 * A `LoggerProvider` of the logs API whose loggers hand records straight to the sealer, with no SDK between: nothing can
 * limit, sample, batch or drop them on the way. Every logger is always enabled.
 */
export class SealingLoggerProvider implements LoggerProvider {
  readonly #writer: Writer;
  readonly #clock: Clock;

  constructor(writer: Writer, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  getLogger(name: string, version?: string): Logger {
    return new SealingLogger(this.#writer, this.#clock, name, version);
  }
}

class SealingLogger implements Logger {
  readonly #writer: Writer;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #version: string | undefined;

  constructor(writer: Writer, clock: Clock, name: string, version: string | undefined) {
    this.#writer = writer;
    this.#clock = clock;
    this.#name = name;
    this.#version = version;
  }

  enabled(): boolean {
    return true;
  }

  /** Never throws, whatever the record holds. */
  emit(record: LogRecord): void {
    try {
      if (record.eventName !== undefined && isRegistryEvent(record.eventName))
        this.#emitEvent(record, record.eventName);
      else this.#emitForeign(record);
    } catch (error) {
      this.#writer.refuse(nameOf(record), error);
    }
  }

  #emitEvent(record: LogRecord, eventName: string): void {
    if (isOwnEvent(eventName)) {
      this.#writer.refuse(eventName);
      return;
    }
    const now = this.#clock.wallMs();
    const span = namedSpanOf(record);
    // One shape for all events: absent members are undefined, which the encoder leaves out.
    this.#writer.emit({
      eventName,
      timestampMs: timeInputMs(record.timestamp, now),
      observedTimestampMs: timeInputMs(record.observedTimestamp, now),
      traceId: span?.traceId,
      spanId: span?.spanId,
      body: record.body,
      attributes: record.attributes ?? NO_ATTRIBUTES,
    } as EventRecord);
  }

  #emitForeign(record: LogRecord): void {
    const now = this.#clock.wallMs();
    const span = spanContextOf(record);
    this.#writer.emitForeign(
      foreignPayload({
        eventName: record.eventName,
        timestamp: BigInt(timeInputMs(record.timestamp, now)) * NS_PER_MS,
        observedTimestamp: BigInt(timeInputMs(record.observedTimestamp, now)) * NS_PER_MS,
        traceId: span?.traceId,
        spanId: span?.spanId,
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        scopeName: this.#name,
        scopeVersion: this.#version,
        body: record.body,
        attributes: record.attributes ?? {},
      }),
    );
  }
}

/** As {@link spanContextOf}, without a look at each digit, which the encoder of events takes anyway. */
function namedSpanOf(record: LogRecord): SpanContext | undefined {
  const span = trace.getSpanContext(record.context ?? activeContext());
  return span === undefined || span.traceId === INVALID_TRACEID || span.spanId === INVALID_SPANID ? undefined : span;
}

function spanContextOf(record: LogRecord): SpanContext | undefined {
  const span = trace.getSpanContext(record.context ?? activeContext());
  return span !== undefined && isSpanContextValid(span) ? span : undefined;
}

/** The event name of a record whose members may throw when they are read. */
function nameOf(record: LogRecord): string | undefined {
  try {
    return typeof record.eventName === 'string' ? record.eventName : undefined;
  } catch {
    return undefined;
  }
}
