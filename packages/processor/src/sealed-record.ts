// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { Payload, TypedValue } from '@stepseal/core/format';
import type { ExportedStream } from './otlp/exported-stream.ts';
import type { DeliverableRecord } from './otlp/logs-encoding.ts';
import { ALGORITHM, project } from './otlp/projection.ts';

/** A Resource as exporters read it. */
export interface ExportedResource {
  readonly attributes: Attributes;
  readonly asyncAttributesPending?: boolean;
}

/** A scope as exporters group by it: one object for equal scopes. */
export interface ExportedScope {
  readonly name: string;
  readonly version?: string;
}

/** A sealed record in the shape of the SDK's `ReadableLogRecord`. */
export interface SealedLogRecord {
  readonly hrTime: HrTime;
  readonly hrTimeObserved: HrTime;
  readonly spanContext?: SpanContext;
  readonly severityText?: string;
  readonly severityNumber?: number;
  readonly body?: unknown;
  readonly eventName?: string;
  readonly resource: ExportedResource;
  readonly instrumentationScope: ExportedScope;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

const NS_PER_S = 1_000_000_000n;

/** What exported records of one stream share: one object for equal Resources and scopes, by which exporters group. */
export class ExportedGroups {
  readonly stream: ExportedStream;
  readonly #resources = new Map<boolean, ExportedResource>();
  readonly #scopes = new Map<string, ExportedScope>();

  constructor(stream: ExportedStream) {
    this.stream = stream;
  }

  resource(signed: boolean): ExportedResource {
    let known = this.#resources.get(signed);
    if (known === undefined) {
      const attributes = plainMap(this.stream.resource);
      if (signed) attributes[ALGORITHM[0]] = ALGORITHM[1];
      known = { attributes: attributes as Attributes };
      this.#resources.set(signed, known);
    }
    return known;
  }

  scope({ name, version }: { readonly name: string; readonly version: string }): ExportedScope {
    const key = JSON.stringify([name, version]);
    let known = this.#scopes.get(key);
    if (known === undefined) {
      known = { name, ...(version === '' ? {} : { version }) };
      this.#scopes.set(key, known);
    }
    return known;
  }
}

/**
 * The exported form of one record for an exporter of the SDK, whose values are JavaScript's: integers beyond 2^53 lose
 * digits there, and a whole double becomes an integer. `audit.integrity.payload` has them as they are.
 *
 * @throws FormatError `MALFORMED`, `TOO_LARGE` where P is no payload
 */
export function sealedLogRecord(record: DeliverableRecord, groups: ExportedGroups): SealedLogRecord {
  const { payload, attributes, timestamp, observedTimestamp, severityNumber, severityText, scope } = project(
    record,
    groups.stream,
  );
  return {
    hrTime: hrTime(timestamp),
    hrTimeObserved: hrTime(observedTimestamp),
    ...spanContext(payload),
    ...(severityNumber === 0 ? {} : { severityNumber }),
    ...(severityText === '' ? {} : { severityText }),
    ...(payload.body === undefined ? {} : { body: plain(payload.body) }),
    ...(payload.eventName === undefined ? {} : { eventName: payload.eventName }),
    resource: groups.resource(record.signature !== undefined),
    instrumentationScope: groups.scope(scope),
    attributes: plainMap(attributes) as Attributes,
    droppedAttributesCount: 0,
  };
}

function spanContext({ traceId, spanId }: Payload): { spanContext?: SpanContext } {
  // Flags are not sealed; an exported record has none.
  return traceId === undefined || spanId === undefined ? {} : { spanContext: { traceId, spanId, traceFlags: 0 } };
}

function hrTime(ns: bigint): HrTime {
  return [Number(ns / NS_PER_S), Number(ns % NS_PER_S)];
}

function plain(value: TypedValue): unknown {
  switch (value.type) {
    case 'int':
      return Number(value.value);
    case 'array':
      return value.value.map(plain);
    case 'map':
      return plainMap(value.value);
    default:
      return value.value;
  }
}

function plainMap(map: ReadonlyMap<string, TypedValue>): Record<string, unknown> {
  // A key of `__proto__` has to become a member like any other.
  return Object.fromEntries([...map].map(([key, value]) => [key, plain(value)]));
}
