// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import * as field from './fields.ts';
import type { KnownAttribute } from './known-attribute.ts';
import { varintLength } from './protobuf-writer.ts';
import { putVarint } from './wire-bytes.ts';

/**
 * Makes room for the lengths of an attribute whose text or list was written, with `length` bytes, as if they took one
 * byte each: moves it, and writes its head again.
 *
 * @returns the position behind it
 */
export function spellWide(bytes: Buffer, start: number, attribute: KnownAttribute, length: number): number {
  const keyLength = attribute.valueLengthAt - 3;
  const value = 1 + varintLength(length) + length;
  const pair = keyLength + 1 + varintLength(value) + value;
  const key = bytes.subarray(start + 2, start + 2 + keyLength);
  const from = start + attribute.headLength;
  const to = start + 1 + varintLength(pair) + pair - length;
  bytes.copyWithin(to, from, from + length);
  const keyAt = start + 1 + varintLength(pair);
  bytes.set(key, keyAt);
  putVarint(bytes, start + 1, pair);
  let at = keyAt + keyLength;
  bytes[at++] = field.KEY_VALUE_VALUE;
  at = putVarint(bytes, at, value);
  bytes[at++] = attribute.kind === 'string' ? field.ANY_STRING : field.ANY_ARRAY;
  putVarint(bytes, at, length);
  return to + length;
}
