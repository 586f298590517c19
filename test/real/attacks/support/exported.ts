// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Payload, TypedValue } from '@stepseal/core/format';
import type { RecordLine, SegmentLine } from '@stepseal/testkit';
import { type ExportedStream, exportedStream } from '../../../../packages/processor/src/otlp/exported-stream.ts';
import { jsonEncoding } from '../../../../packages/processor/src/otlp/json-encoding.ts';
import type { DeliverableRecord } from '../../../../packages/processor/src/otlp/logs-encoding.ts';
import { project } from '../../../../packages/processor/src/otlp/projection.ts';
import type { Deliverable } from './deliverable.ts';
import { spelt } from './lossless-json.ts';

export type Json = Record<string, unknown>;

/** `_source` of a document, as far as tests edit it by name. */
export interface Document extends Json {
  attributes: Json;
  resource: { attributes: Json };
}

export function openFacts(lines: readonly SegmentLine[]): ExportedStream {
  const open = lines.find((line): line is RecordLine => line.kind === 'record' && line.number === 1);
  if (open === undefined) throw new RangeError('a stream without its open record');
  return exportedStream(Buffer.from(open.text));
}

/** The request of OTLP/HTTP that carries these records. */
export function request(stream: ExportedStream, records: readonly Deliverable[]): Buffer {
  return Buffer.from(jsonEncoding.encode(stream, records.map(bytesOf)));
}

/** The document that the Collector's exporter writes of a record. The suite compares it with those of a real one. */
export function documentOf(record: Deliverable, stream: ExportedStream, namespace: string): Document {
  const made = project(bytesOf(record), stream);
  const { payload, scope } = made;
  return {
    '@timestamp': timeOf(made.timestamp === 0n ? made.observedTimestamp : made.timestamp),
    observed_timestamp: timeOf(made.observedTimestamp),
    data_stream: { type: 'logs', dataset: 'stepseal.audit.otel', namespace },
    ...(made.severityText === '' ? {} : { severity_text: made.severityText }),
    ...(made.severityNumber === 0 ? {} : { severity_number: made.severityNumber }),
    ...(payload.traceId === undefined ? {} : { trace_id: payload.traceId }),
    ...(payload.spanId === undefined ? {} : { span_id: payload.spanId }),
    attributes: objectOf(made.attributes),
    ...(payload.eventName === undefined ? {} : { event_name: payload.eventName }),
    resource: { attributes: objectOf(stream.resource) },
    scope: Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== '')),
    ...bodyOf(payload),
  };
}

function bytesOf({ payload, ...rest }: Deliverable): DeliverableRecord {
  return { ...rest, payload: Buffer.from(payload) };
}

/** Milliseconds, a point, and the nanoseconds behind them without leading zeros, as the exporter writes them. */
function timeOf(nanoseconds: bigint): string {
  return `${nanoseconds / 1_000_000n}.${nanoseconds % 1_000_000n}`;
}

function bodyOf({ body }: Payload): Json {
  if (body === undefined) return {};
  return { body: { [body.type === 'map' ? 'structured' : 'text']: valueOf(body) } };
}

function objectOf(map: ReadonlyMap<string, TypedValue>): Json {
  return Object.fromEntries([...map].map(([key, value]) => [key, valueOf(value)]));
}

function valueOf(value: TypedValue): unknown {
  switch (value.type) {
    case 'int':
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : spelt(String(value.value));
    case 'double':
      return doubleOf(value.value);
    case 'bytes':
      return Buffer.from(value.value).toString('hex');
    case 'array':
      return value.value.map(valueOf);
    case 'map':
      return objectOf(value.value);
    default:
      return value.value;
  }
}

/** Always with a point, and the digits of an exponent at least two, as the exporter's language spells it. */
function doubleOf(value: number): unknown {
  if (Number.isInteger(value)) return spelt(value.toFixed(1));
  const short = /^(.*e[+-])(\d)$/.exec(String(value));
  return short === null ? value : spelt(`${short[1]}0${short[2]}`);
}
