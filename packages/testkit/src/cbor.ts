// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** The few CBOR types (RFC 8949) that a WebAuthn answer needs; items are passed already encoded, integers bare. */
export type CborItem = Buffer | number;

export function byteString(bytes: Buffer): Buffer {
  return Buffer.concat([head(2, bytes.length), bytes]);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([head(3, bytes.length), bytes]);
}

export function cborMap(entries: readonly (readonly [CborItem, CborItem])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(encode)]);
}

function encode(item: CborItem): Buffer {
  if (typeof item !== 'number') return item;
  return item < 0 ? head(1, -1 - item) : head(0, item);
}

function head(majorType: number, argument: number): Buffer {
  const major = majorType << 5;
  if (argument < 24) return Buffer.from([major | argument]);
  if (argument < 0x100) return Buffer.from([major | 24, argument]);
  if (argument < 0x10000) return Buffer.from([major | 25, argument >> 8, argument & 0xff]);
  throw new RangeError('longer than an authenticator ever answers');
}
