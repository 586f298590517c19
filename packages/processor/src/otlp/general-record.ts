// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import * as field from './fields.ts';
import type { Projection } from './projection.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** Writes the fields of a `LogRecord` of any content. */
export function writeLogRecord(writer: ProtobufWriter, projection: Projection): void {
  const { payload, severityNumber, severityText, timestamp, observedTimestamp } = projection;
  if (timestamp !== 0n) {
    writer.byte(field.RECORD_TIME);
    writer.fixed64(timestamp);
  }
  if (severityNumber !== 0) {
    writer.byte(field.RECORD_SEVERITY_NUMBER);
    writer.varint(severityNumber);
  }
  writeText(writer, field.RECORD_SEVERITY_TEXT, severityText);
  if (payload.body !== undefined) {
    const { body } = payload;
    writer.byte(field.RECORD_BODY);
    writer.message(() => writeValue(writer, body));
  }
  writeMap(writer, field.RECORD_ATTRIBUTES, projection.attributes);
  writeId(writer, field.RECORD_TRACE_ID, payload.traceId);
  writeId(writer, field.RECORD_SPAN_ID, payload.spanId);
  if (observedTimestamp !== 0n) {
    writer.byte(field.RECORD_OBSERVED_TIME);
    writer.fixed64(observedTimestamp);
  }
  writeText(writer, field.RECORD_EVENT_NAME, payload.eventName ?? '');
}

/** Writes each member as a `KeyValue` in a field of this tag. */
export function writeMap(writer: ProtobufWriter, tag: number, map: ReadonlyMap<string, TypedValue>): void {
  for (const [key, value] of map) {
    writer.byte(tag);
    writer.message(() => {
      writer.byte(field.KEY_VALUE_KEY);
      writer.string(key);
      writer.byte(field.KEY_VALUE_VALUE);
      writer.message(() => writeValue(writer, value));
    });
  }
}

/** A string field, left out when empty. */
export function writeText(writer: ProtobufWriter, tag: number, text: string): void {
  if (text === '') return;
  writer.byte(tag);
  writer.string(text);
}

function writeId(writer: ProtobufWriter, tag: number, id: string | undefined): void {
  if (id === undefined) return;
  writer.byte(tag);
  writer.delimited(Buffer.from(id, 'hex'));
}

/** The one field of an `AnyValue`. As deep as a payload may be, no deeper. */
function writeValue(writer: ProtobufWriter, value: TypedValue): void {
  switch (value.type) {
    case 'string':
      writer.byte(field.ANY_STRING);
      writer.string(value.value);
      break;
    case 'bool':
      writer.byte(field.ANY_BOOL);
      writer.byte(value.value ? 1 : 0);
      break;
    case 'int':
      writer.byte(field.ANY_INT);
      writer.int64(value.value);
      break;
    case 'double':
      writer.byte(field.ANY_DOUBLE);
      writer.double(value.value);
      break;
    case 'bytes':
      writer.byte(field.ANY_BYTES);
      writer.delimited(value.value);
      break;
    case 'array':
      writer.byte(field.ANY_ARRAY);
      writer.message(() => {
        for (const item of value.value) {
          writer.byte(field.LIST_VALUES);
          writer.message(() => writeValue(writer, item));
        }
      });
      break;
    case 'map':
      writer.byte(field.ANY_MAP);
      writer.message(() => writeMap(writer, field.LIST_VALUES, value.value));
      break;
  }
}
