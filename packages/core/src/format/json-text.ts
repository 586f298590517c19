// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';

// Printable ASCII without the quotation mark and the reverse solidus needs no escape and cannot be ill-formed.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
// In Unicode mode a surrogate class matches only a surrogate that is not part of a pair.
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Whether a string has no lone surrogate, that is, whether UTF-8 can hold it. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * A JSON string with the escapes of RFC 8785 section 3.2.2.2, which are those of `JSON.stringify` for every
 * well-formed string.
 *
 * @throws FormatError `NOT_ENCODABLE` for a lone surrogate
 */
export function jsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!isWellFormed(text)) throw new FormatError('NOT_ENCODABLE', 'a string holds a lone surrogate');
  return JSON.stringify(text);
}

/**
 * A JSON number in the ECMAScript notation of RFC 8785 section 3.2.2.3; -0 is spelt `0`.
 *
 * @throws FormatError `NOT_ENCODABLE` for NaN and the infinities
 */
export function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new FormatError('NOT_ENCODABLE', 'a number is not finite');
  return value === 0 ? '0' : String(value);
}
