// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { exporterDocument, type RecordLine, type SegmentLine } from '@stepseal/testkit';
import { type ExportedStream, exportedStream } from '../../../../packages/processor/src/otlp/exported-stream.ts';
import { jsonEncoding } from '../../../../packages/processor/src/otlp/json-encoding.ts';
import type { DeliverableRecord } from '../../../../packages/processor/src/otlp/logs-encoding.ts';
import type { Deliverable } from './deliverable.ts';
import { parseLossless } from './lossless-json.ts';

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
  const { payload: text, seal, note } = record;
  const dataStream = `logs-stepseal.audit.otel-${namespace}`;
  return parseLossless(exporterDocument({ text, seal, note }, { ...stream, dataStream })) as Document;
}

function bytesOf({ payload, ...rest }: Deliverable): DeliverableRecord {
  return { ...rest, payload: Buffer.from(payload) };
}
