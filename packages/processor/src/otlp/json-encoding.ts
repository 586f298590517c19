// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import { readJsonAnswer, readProtobufAnswer } from './answer.ts';
import type { ExportedStream } from './exported-stream.ts';
import type { DeliverableRecord, LogsEncoding } from './logs-encoding.ts';
import { ALGORITHM, type ExportedScope, type Projection, project } from './projection.ts';

interface ScopeLogs {
  readonly scope: ExportedScope;
  readonly logRecords: object[];
}

interface ResourceLogs {
  readonly resource: { readonly attributes: object[] };
  readonly scopeLogs: ScopeLogs[];
}

/** OTLP's JSON: proto3 JSON, but ids in hexadecimal. 64-bit numbers are decimal strings. */
export const jsonEncoding: LogsEncoding = {
  contentType: 'application/json',
  encode: (stream, records) => Buffer.from(JSON.stringify({ resourceLogs: groups(stream, records) })),
  readAnswer: (body, contentType) => {
    return contentType?.includes('protobuf') ? readProtobufAnswer(body) : readJsonAnswer(body);
  },
};

/** Records stay in their order: a new group begins where scope or Resource change. */
function groups(stream: ExportedStream, records: readonly DeliverableRecord[]): ResourceLogs[] {
  const all: ResourceLogs[] = [];
  let signed: boolean | undefined;
  let last: ScopeLogs | undefined;
  for (const record of records) {
    const projection = project(record, stream);
    if (signed !== (record.signature !== undefined)) {
      signed = record.signature !== undefined;
      all.push({ resource: { attributes: resourceAttributes(stream, signed) }, scopeLogs: [] });
      last = undefined;
    }
    const { scope } = projection;
    if (last === undefined || last.scope.name !== scope.name || last.scope.version !== scope.version) {
      last = { scope, logRecords: [] };
      (all.at(-1) as ResourceLogs).scopeLogs.push(last);
    }
    last.logRecords.push(logRecord(projection));
  }
  return all;
}

function resourceAttributes({ resource }: ExportedStream, signed: boolean): object[] {
  const [key, stringValue] = ALGORITHM;
  return signed ? [...keyValues(resource), { key, value: { stringValue } }] : keyValues(resource);
}

function logRecord(projection: Projection): object {
  const { payload, severityNumber, severityText } = projection;
  return {
    timeUnixNano: String(projection.timestamp),
    observedTimeUnixNano: String(projection.observedTimestamp),
    ...(severityNumber === 0 ? {} : { severityNumber }),
    ...(severityText === '' ? {} : { severityText }),
    ...(payload.body === undefined ? {} : { body: anyValue(payload.body) }),
    attributes: keyValues(projection.attributes),
    ...(payload.traceId === undefined ? {} : { traceId: payload.traceId }),
    ...(payload.spanId === undefined ? {} : { spanId: payload.spanId }),
    ...(payload.eventName === undefined ? {} : { eventName: payload.eventName }),
  };
}

function keyValues(map: ReadonlyMap<string, TypedValue>): object[] {
  return [...map].map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** As deep as a payload may be, no deeper. */
function anyValue(value: TypedValue): object {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: value.value };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return { arrayValue: { values: value.value.map(anyValue) } };
    case 'map':
      return { kvlistValue: { values: keyValues(value.value) } };
  }
}
