// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readJsonAnswer, readProtobufAnswer } from './answer.ts';
import type { ExportedStream } from './exported-stream.ts';
import * as field from './fields.ts';
import { writeLogRecord } from './general-record.ts';
import type { DeliverableRecord, LogsEncoding } from './logs-encoding.ts';
import { OWN_SCOPE_NAME, project } from './projection.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { RequestHeads } from './request-heads.ts';
import { Transcoder } from './transcoder.ts';

const FIRST_BYTES = 65_536;

/** OTLP's protobuf. Each one holds a buffer as large as the largest request was. */
export function protobufEncoding(): LogsEncoding {
  const writer = new ProtobufWriter(FIRST_BYTES);
  const transcoder = new Transcoder(writer);
  return {
    contentType: 'application/x-protobuf',
    encode: (stream, records) => encode(writer, transcoder, stream, records),
    readAnswer: (body, contentType) => {
      return contentType?.includes('json') ? readJsonAnswer(body) : readProtobufAnswer(body);
    },
  };
}

function encode(
  writer: ProtobufWriter,
  transcoder: Transcoder,
  stream: ExportedStream,
  records: readonly DeliverableRecord[],
): Uint8Array {
  const heads = new RequestHeads(writer, stream);
  const own = { name: OWN_SCOPE_NAME, version: stream.softwareVersion };
  for (const record of records) {
    const signed = record.signature !== undefined;
    heads.enter(own, signed);
    if (transcoder.write(record)) continue;
    const projection = project(record, stream);
    heads.enter(projection.scope, signed);
    writer.byte(field.SCOPE_LOGS_LOG_RECORDS);
    writer.message(() => writeLogRecord(writer, projection));
  }
  return heads.finish();
}
