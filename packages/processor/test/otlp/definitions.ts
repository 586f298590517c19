// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** How a field of this type stands on the wire: 0 varint, 1 eight bytes, 2 with a length, 5 four bytes. */
const WIRE_TYPES = {
  bool: 0,
  enum: 0,
  uint32: 0,
  int64: 0,
  fixed64: 1,
  double: 1,
  fixed32: 5,
  string: 2,
  bytes: 2,
  message: 2,
} as const;

type FieldType = keyof typeof WIRE_TYPES;

interface FieldDefinition {
  readonly name: string;
  readonly type: FieldType;
  readonly message?: string;
  readonly repeated?: boolean;
}

const scalar = (name: string, type: FieldType): FieldDefinition => ({ name, type });
const one = (name: string, message: string): FieldDefinition => ({ name, type: 'message', message });
const many = (name: string, message: string): FieldDefinition => ({ name, type: 'message', message, repeated: true });

/**
 * Field numbers and types of opentelemetry-proto, release 1.9: files collector/logs/v1/logs_service.proto,
 * logs/v1/logs.proto, resource/v1/resource.proto and common/v1/common.proto below opentelemetry/proto. Names are those of
 * the JSON spelling.
 */
const DEFINITIONS: Readonly<Record<string, Readonly<Record<number, FieldDefinition>>>> = {
  ExportLogsServiceRequest: { 1: many('resourceLogs', 'ResourceLogs') },
  ExportLogsServiceResponse: { 1: one('partialSuccess', 'ExportLogsPartialSuccess') },
  ExportLogsPartialSuccess: { 1: scalar('rejectedLogRecords', 'int64'), 2: scalar('errorMessage', 'string') },
  ResourceLogs: { 1: one('resource', 'Resource'), 2: many('scopeLogs', 'ScopeLogs'), 3: scalar('schemaUrl', 'string') },
  Resource: { 1: many('attributes', 'KeyValue'), 2: scalar('droppedAttributesCount', 'uint32') },
  ScopeLogs: {
    1: one('scope', 'InstrumentationScope'),
    2: many('logRecords', 'LogRecord'),
    3: scalar('schemaUrl', 'string'),
  },
  InstrumentationScope: {
    1: scalar('name', 'string'),
    2: scalar('version', 'string'),
    3: many('attributes', 'KeyValue'),
    4: scalar('droppedAttributesCount', 'uint32'),
  },
  LogRecord: {
    1: scalar('timeUnixNano', 'fixed64'),
    2: scalar('severityNumber', 'enum'),
    3: scalar('severityText', 'string'),
    5: one('body', 'AnyValue'),
    6: many('attributes', 'KeyValue'),
    7: scalar('droppedAttributesCount', 'uint32'),
    8: scalar('flags', 'fixed32'),
    9: scalar('traceId', 'bytes'),
    10: scalar('spanId', 'bytes'),
    11: scalar('observedTimeUnixNano', 'fixed64'),
    12: scalar('eventName', 'string'),
  },
  KeyValue: { 1: scalar('key', 'string'), 2: one('value', 'AnyValue') },
  AnyValue: {
    1: scalar('stringValue', 'string'),
    2: scalar('boolValue', 'bool'),
    3: scalar('intValue', 'int64'),
    4: scalar('doubleValue', 'double'),
    5: one('arrayValue', 'ArrayValue'),
    6: one('kvlistValue', 'KeyValueList'),
    7: scalar('bytesValue', 'bytes'),
  },
  ArrayValue: { 1: many('values', 'AnyValue') },
  KeyValueList: { 1: many('values', 'KeyValue') },
};

export type Decoded = { [name: string]: unknown };

/** Decodes a message by the table, and fails at whatever the table does not have or the wire format does not allow. */
export function decode(message: string, bytes: Uint8Array): Decoded {
  const definition = DEFINITIONS[message];
  if (definition === undefined) throw new Error(`no message ${message}`);
  const decoded: Decoded = {};
  const reader = new Reader(bytes);
  while (!reader.ended) {
    const tag = Number(reader.varint());
    const field = definition[tag >>> 3];
    if (field === undefined) throw new Error(`${message} has no field ${tag >>> 3}`);
    if ((tag & 7) !== WIRE_TYPES[field.type]) throw new Error(`${message}.${field.name} has wire type ${tag & 7}`);
    const value = readValue(reader, field);
    if (field.repeated) ((decoded[field.name] ??= []) as unknown[]).push(value);
    else if (field.name in decoded) throw new Error(`${message}.${field.name} comes twice`);
    else decoded[field.name] = value;
  }
  return decoded;
}

function readValue(reader: Reader, field: FieldDefinition): unknown {
  switch (field.type) {
    case 'bool':
      return reader.varint() === 1n;
    case 'enum':
    case 'uint32':
      return Number(reader.varint());
    case 'int64':
      return String(BigInt.asIntN(64, reader.varint()));
    case 'fixed64':
      return String(reader.take(8).readBigUInt64LE());
    case 'double':
      return reader.take(8).readDoubleLE();
    case 'fixed32':
      return reader.take(4).readUInt32LE();
    case 'string':
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(reader.delimited());
    case 'bytes':
      return reader.delimited().toString('base64');
    case 'message':
      return decode(field.message ?? '', reader.delimited());
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Error('cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  delimited(): Buffer {
    return this.take(Number(this.varint()));
  }

  /** In its shortest spelling only. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.take(1)[0] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if ((byte === 0 && shift > 0n) || value >= 2n ** 64n) throw new Error('not the shortest varint');
      return value;
    }
  }
}
