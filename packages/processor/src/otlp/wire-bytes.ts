// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const QUOTE = 0x22;
const ZERO = 0x30;

const HEX = new Uint8Array(256).fill(0xff);
for (const [value, digit] of Buffer.from('0123456789abcdef').entries()) HEX[digit] = value;

const TWO_22 = 2 ** 22;
const TWO_32 = 2 ** 32;

/** Writes a varint up to 2^53. @returns the position behind it */
export function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 0x7f) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  return at;
}

/** Whether the token stands there. */
export function isAt(bytes: Uint8Array, at: number, token: Uint8Array): boolean {
  for (let i = 0; i < token.length; i++) {
    if (bytes[at + i] !== token[i]) return false;
  }
  return true;
}

/**
 * Writes the time whose 19 digits (from the year 2001 to 2286) and quotation mark stand at `from`, in eight bytes at `to`.
 *
 * @returns whether they do
 */
export function putTime(view: DataView, bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from + 19] !== QUOTE || bytes[from] === ZERO) return false;
  const millis = digits(bytes, from, 13);
  const nanos = digits(bytes, from + 13, 6);
  if (millis < 0 || nanos < 0) return false;
  // millis * 1e6 + nanos in halves of 32 bits; every step stays below 2^53.
  const upper = Math.floor(millis / TWO_22) * 1e6;
  const lower = (millis % TWO_22) * 1e6 + nanos + (upper % 1024) * TWO_22;
  view.setUint32(to, lower % TWO_32, true);
  view.setUint32(to + 4, Math.floor(upper / 1024) + Math.floor(lower / TWO_32), true);
  return true;
}

/** The number that so many digits spell, or -1. */
function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = (bytes[from + i] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Writes the id of `size` bytes whose hexadecimal digits and quotation mark stand at `from`.
 *
 * @returns whether they do; an id of zeros is no id
 */
export function putId(bytes: Uint8Array, from: number, to: number, size: number): boolean {
  if (bytes[from + 2 * size] !== QUOTE) return false;
  let any = 0;
  for (let i = 0; i < size; i++) {
    const high = HEX[bytes[from + 2 * i] as number] as number;
    const low = HEX[bytes[from + 2 * i + 1] as number] as number;
    if ((high | low) === 0xff) return false;
    const byte = (high << 4) | low;
    any |= byte;
    bytes[to + i] = byte;
  }
  return any !== 0;
}
