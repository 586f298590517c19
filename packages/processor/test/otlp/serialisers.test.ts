// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExportedStream } from '../../src/otlp/exported-stream.ts';
import { jsonEncoding } from '../../src/otlp/json-encoding.ts';
import type { DeliverableRecord } from '../../src/otlp/logs-encoding.ts';
import { protobufEncoding } from '../../src/otlp/protobuf-encoding.ts';
import { ExportedGroups, sealedLogRecord } from '../../src/sealed-record.ts';
import { anyRecords } from './arbitraries.ts';
import { decode } from './definitions.ts';

const stream: ExportedStream = {
  resource: new Map([
    ['service.name', { type: 'string', value: 'bank' }],
    ['replica', { type: 'int', value: 3n }],
  ]),
  softwareVersion: '0.1.0',
};

function readable(records: readonly DeliverableRecord[]): ReadableLogRecord[] {
  const groups = new ExportedGroups(stream);
  return records.map((record) => sealedLogRecord(record, groups) as unknown as ReadableLogRecord);
}

interface Request {
  readonly resourceLogs?: readonly {
    readonly resource?: object;
    readonly scopeLogs: readonly { readonly scope?: object; readonly logRecords: readonly object[] }[];
  }[];
}

/**
 * Each record with its Resource and scope, in terms that both sides share. OpenTelemetry's serialisers take JavaScript's
 * values: they group records, write flags of 0, an empty body for none, ids in base64 in one of the two, and cannot tell a
 * whole double from an integer or hold an integer beyond 2^53.
 */
function flat(request: Request): string[] {
  const records = (request.resourceLogs ?? []).flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) => logRecords.map((record) => ({ resource, scope, ...record }))),
  );
  return records.map((record) => JSON.stringify(common(record))).sort();
}

const DEFAULTS = new Set(['flags', 'droppedAttributesCount']);

function common(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => common(item));
    const keyOf = (item: unknown): string => String((item as { key?: string }).key);
    return items[0] !== undefined && Object.hasOwn(items[0] as object, 'key')
      ? items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      : items;
  }
  if (typeof value === 'object' && value !== null) return commonObject(value as Record<string, unknown>);
  return key.endsWith('Value') && typeof value === 'number' ? String(value) : value;
}

function commonObject(value: Record<string, unknown>): unknown {
  // What is left of a number in JavaScript: its value as a double.
  if ('intValue' in value || 'doubleValue' in value) {
    return { number: Number(value['intValue'] ?? value['doubleValue']) };
  }
  const members = Object.entries(value)
    .filter(([name, member]) => !isDefault(name, member))
    .map(([name, member]) => [name, common(member, name)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members);
}

function isDefault(name: string, member: unknown): boolean {
  if (DEFAULTS.has(name)) return member === 0;
  if (name === 'body') return JSON.stringify(member) === '{}';
  if (name === 'values' || name === 'attributes') return Array.isArray(member) && member.length === 0;
  if (name.endsWith('TimeUnixNano') || name === 'timeUnixNano') return member === '0';
  return ['name', 'version', 'severityText', 'eventName'].includes(name) && member === '';
}

function parsed(bytes: Uint8Array | undefined): Request {
  return JSON.parse(Buffer.from(bytes ?? []).toString());
}

const batches = fc.array(anyRecords, { minLength: 1, maxLength: 4 }).map((records) =>
  // Their context holds a trace and a span together, and a time is seconds and nanoseconds within JavaScript's numbers.
  records.filter(({ payload }) => {
    const { trace_id: trace, span_id: span } = JSON.parse(Buffer.from(payload).toString());
    return (trace === undefined) === (span === undefined);
  }),
);

test("our protobuf says what OpenTelemetry's serialiser makes of the same records", () => {
  const encoding = protobufEncoding();
  fc.assert(
    fc.property(batches, (records) => {
      const theirs = ProtobufLogsSerializer.serializeRequest(readable(records)) ?? new Uint8Array();
      expect(flat(decode('ExportLogsServiceRequest', encoding.encode(stream, records)))).toEqual(
        flat(decode('ExportLogsServiceRequest', theirs)),
      );
    }),
    { numRuns: 200 },
  );
});

test("our JSON says what OpenTelemetry's serialiser makes of the same records", () => {
  fc.assert(
    fc.property(batches, (records) => {
      expect(flat(parsed(jsonEncoding.encode(stream, records)))).toEqual(
        flat(parsed(JsonLogsSerializer.serializeRequest(readable(records)))),
      );
    }),
    { numRuns: 200 },
  );
});
