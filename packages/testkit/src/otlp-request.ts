// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A log record as a receiver sees it, as far as tests compare it. */
export interface ReceivedRecord {
  readonly eventName: string;
  /** Attributes that are texts, whole numbers or booleans. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Log records of an OTLP/HTTP request body, in their order. @throws when it is none */
export function decodeLogs(body: Buffer, contentType: string): ReceivedRecord[] {
  return contentType.includes('json') ? decodeJson(body) : decodeProtobuf(body);
}

interface JsonValue {
  stringValue?: string;
  intValue?: string | number;
  boolValue?: boolean;
}

interface JsonRequest {
  resourceLogs: {
    scopeLogs: { logRecords: { eventName?: string; attributes?: { key: string; value: JsonValue }[] }[] }[];
  }[];
}

function decodeJson(body: Buffer): ReceivedRecord[] {
  const request = JSON.parse(body.toString('utf8')) as JsonRequest;
  const records = request.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
  return records.map(({ eventName = '', attributes = [] }) => ({
    eventName,
    attributes: Object.fromEntries(
      attributes.map(({ key, value }) => [
        key,
        value.stringValue ?? value.boolValue ?? (value.intValue === undefined ? '' : Number(value.intValue)),
      ]),
    ),
  }));
}

// Field numbers of opentelemetry.proto.collector.logs.v1 and the messages in it.
const RESOURCE_LOGS = 1;
const SCOPE_LOGS = 2;
const LOG_RECORDS = 2;
const RECORD_ATTRIBUTES = 6;
const RECORD_EVENT_NAME = 12;
const PAIR_KEY = 1;
const PAIR_VALUE = 2;

function decodeProtobuf(body: Buffer): ReceivedRecord[] {
  return messages(body, RESOURCE_LOGS)
    .flatMap((resource) => messages(resource, SCOPE_LOGS))
    .flatMap((scope) => messages(scope, LOG_RECORDS))
    .map((record) => ({
      eventName: messages(record, RECORD_EVENT_NAME)[0]?.toString('utf8') ?? '',
      attributes: Object.fromEntries(
        messages(record, RECORD_ATTRIBUTES).map((pair) => [
          messages(pair, PAIR_KEY)[0]?.toString('utf8') ?? '',
          anyValue(messages(pair, PAIR_VALUE)[0] ?? Buffer.alloc(0)),
        ]),
      ),
    }));
}

function anyValue(bytes: Buffer): string | number | boolean {
  for (const { field, value } of fields(bytes)) {
    if (field === 1 && Buffer.isBuffer(value)) return value.toString('utf8');
    if (field === 2) return value === 1n;
    if (field === 3 && typeof value === 'bigint') return Number(BigInt.asIntN(64, value));
  }
  return '';
}

function messages(bytes: Buffer, wanted: number): Buffer[] {
  return [...fields(bytes)].flatMap(({ field, value }) => (field === wanted && Buffer.isBuffer(value) ? [value] : []));
}

function* fields(bytes: Buffer): Generator<{ field: number; value: bigint | Buffer }> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a varint is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('a field is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const field = key >>> 3;
    switch (key & 7) {
      case 0:
        yield { field, value: varint() };
        break;
      case 1:
        yield { field, value: take(8) };
        break;
      case 2:
        yield { field, value: take(Number(varint())) };
        break;
      case 5:
        yield { field, value: take(4) };
        break;
      default:
        throw new RangeError('a field of unknown wire type');
    }
  }
}
