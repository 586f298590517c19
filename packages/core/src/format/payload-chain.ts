// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type AttributeWatch, isProvenPayload } from './payload-scan.ts';

/** What a record says of its place: its `audit.sequence.*`, each undefined where it is absent or not of its form (a number below 0 too). */
export interface Chain {
  readonly number: number | undefined;
  /** 64 hexadecimal digits. */
  readonly previousHash: string | undefined;
  /** 36 hexadecimal digits and hyphens. */
  readonly streamId: string | undefined;
}

const NAMES = ['audit.sequence.number', 'audit.sequence.previous_hash', 'audit.sequence.stream_id'].map((name) =>
  Buffer.from(name),
);
const INT = Buffer.from('{"intValue":"');
const STRING = Buffer.from('{"stringValue":"');
const DIGITS = /^[0-9a-f-]*$/;

/**
 * Proves that `bytes` from `start` to `end` are a valid payload and reads its place in the stream on the way: what a
 * strict verification needs of most records, at a fifth of the cost of {@link parsePayload}. Undefined says only that the
 * one-pass reader could not tell; then ask `parsePayload`.
 */
export function proveChain(bytes: Buffer, start = 0, end: number = bytes.length): Chain | undefined {
  const watch: AttributeWatch = { names: NAMES, places: [0, 0, 0] };
  if (!isProvenPayload(bytes, start, end, watch)) return undefined;
  const [number = 0, previousHash = 0, streamId = 0] = watch.places;
  return {
    number: readNumber(bytes, number),
    previousHash: readText(bytes, previousHash, 64),
    streamId: readText(bytes, streamId, 36),
  };
}

function readNumber(bytes: Buffer, place: number): number | undefined {
  if (!startsWith(bytes, place, INT)) return undefined;
  let number = 0;
  let at = place + INT.length;
  // A proven intValue is digits, perhaps behind a minus sign, and a quotation mark.
  for (let digit = bytes[at] as number; digit !== 0x22; digit = bytes[++at] as number) {
    if (digit === 0x2d) return undefined;
    number = number * 10 + (digit - 0x30);
  }
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Text of exactly `length` hexadecimal digits and hyphens: what hashes and ids are made of. */
function readText(bytes: Buffer, place: number, length: number): string | undefined {
  const from = place + STRING.length;
  if (!startsWith(bytes, place, STRING) || bytes[from + length] !== 0x22) return undefined;
  const text = bytes.toString('latin1', from, from + length);
  return DIGITS.test(text) ? text : undefined;
}

function startsWith(bytes: Buffer, place: number, token: Buffer): boolean {
  if (place === 0) return false;
  for (let i = 0; i < token.length; i++) {
    if (bytes[place + i] !== token[i]) return false;
  }
  return true;
}
