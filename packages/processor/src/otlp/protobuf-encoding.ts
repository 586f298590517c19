// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readJsonAnswer, readProtobufAnswer } from './answer.ts';
import type { ExportedStream } from './exported-stream.ts';
import * as field from './fields.ts';
import { writeLogRecord } from './general-record.ts';
import type { DeliverableRecord, LogsEncoding } from './logs-encoding.ts';
import { project } from './projection.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { RequestHeads } from './request-heads.ts';

const FIRST_BYTES = 65_536;

/** OTLP's protobuf. Each one holds a buffer as large as the largest request was. */
export function protobufEncoding(): LogsEncoding {
  const writer = new ProtobufWriter(FIRST_BYTES);
  return {
    contentType: 'application/x-protobuf',
    encode: (stream, records) => encode(writer, stream, records),
    readAnswer: (body, contentType) => {
      return contentType?.includes('json') ? readJsonAnswer(body) : readProtobufAnswer(body);
    },
  };
}

function encode(writer: ProtobufWriter, stream: ExportedStream, records: readonly DeliverableRecord[]): Uint8Array {
  const heads = new RequestHeads(writer, stream);
  for (const record of records) {
    const projection = project(record, stream);
    heads.enter(projection.scope, record.signature !== undefined);
    writer.byte(field.SCOPE_LOGS_LOG_RECORDS);
    writer.message(() => writeLogRecord(writer, projection));
  }
  return heads.finish();
}
