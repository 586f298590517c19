// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Bytes that grow: one buffer for all requests of an encoding, so that sending leaves no garbage. */
export class ProtobufWriter {
  bytes: Buffer;
  position = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.position++] = rest;
  }

  /** An int64, as protobuf spells negative ones: in ten bytes. */
  int64(value: bigint): void {
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.bytes[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.position++] = Number(rest);
  }

  fixed64(value: bigint): void {
    this.reserve(8);
    this.position = this.bytes.writeBigUInt64LE(value, this.position);
  }

  double(value: number): void {
    this.reserve(8);
    this.position = this.bytes.writeDoubleLE(value, this.position);
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.position);
    this.position += value.length;
  }

  /** A length and the bytes. */
  delimited(value: Uint8Array): void {
    this.varint(value.length);
    this.raw(value);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.reserve(length);
    this.position += this.bytes.write(value, this.position, 'utf8');
  }

  /** A message whose length is known when `write` is done. Most are short: one byte is held free for it. */
  message(write: () => void): void {
    this.byte(0);
    const start = this.position;
    write();
    const length = this.position - start;
    const more = varintLength(length) - 1;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(start + more, start, this.position);
    }
    this.position = start - 1;
    this.varint(length);
    this.position += length;
  }
}

/** Bytes that a varint takes. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
