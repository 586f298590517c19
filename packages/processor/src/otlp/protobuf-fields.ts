// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A field as it stands on the wire: a varint or fixed number, or the bytes of what has a length. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of one protobuf message, in their order; undefined where the bytes are none. Never throws. */
export function readFields(bytes: Uint8Array): WireField[] | undefined {
  const fields: WireField[] = [];
  const at = { position: 0 };
  while (at.position < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === undefined || tag >> 3n === 0n || tag > 0xffff_ffffn) return undefined;
    const value = readValue(bytes, at, Number(tag & 7n));
    if (value === undefined) return undefined;
    fields.push({ number: Number(tag >> 3n), value });
  }
  return fields;
}

function readValue(bytes: Uint8Array, at: { position: number }, type: number): bigint | Uint8Array | undefined {
  if (type === 0) return readVarint(bytes, at);
  // Groups (3 and 4) are of another age: no message of OTLP has one.
  const length = type === 2 ? readVarint(bytes, at) : type === 1 ? 8n : type === 5 ? 4n : undefined;
  if (length === undefined || length > BigInt(bytes.length - at.position)) return undefined;
  const value = bytes.subarray(at.position, at.position + Number(length));
  at.position += value.length;
  return type === 2 ? value : littleEndian(value);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function readVarint(bytes: Uint8Array, at: { position: number }): bigint | undefined {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at.position++];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return undefined;
}
