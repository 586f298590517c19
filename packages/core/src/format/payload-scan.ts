// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { decodeBase64 } from './base64.ts';
import { LIMITS } from './limits.ts';
import { NO_SEQUENCE, sequenceEnd } from './utf8.ts';

// Every function below takes the position of what it reads and returns the position after it, or NO: "not proven".
const NO = NO_SEQUENCE;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

const STRING_VALUE = Buffer.from('"stringValue":');
const INT_VALUE = Buffer.from('"intValue":"');
const BOOL_VALUE = Buffer.from('"boolValue":');
const DOUBLE_VALUE = Buffer.from('"doubleValue":');
const BYTES_VALUE = Buffer.from('"bytesValue":"');
const TRUE = Buffer.from('true}');
const FALSE = Buffer.from('false}');

// With the comma that stands before all but the first member.
const ATTRIBUTES = Buffer.from(',"attributes":{');
const BODY = Buffer.from(',"body":');
const EVENT_NAME = Buffer.from(',"event_name":');
const OBSERVED_TIMESTAMP = Buffer.from(',"observed_timestamp":"');
const SPAN_ID = Buffer.from(',"span_id":"');
const TIMESTAMP = Buffer.from(',"timestamp":"');
const TRACE_ID = Buffer.from(',"trace_id":"');

/** Attributes whose places a scan notes. `places` is parallel to `names`. */
export interface AttributeWatch {
  readonly names: readonly Uint8Array[];
  /** Position of each attribute's value; 0 where the payload has none. */
  readonly places: number[];
}

/**
 * Proves in one pass, without building anything, that `bytes` from `start` to `end` are a valid payload. `true` is a
 * proof; `false` says only that this reader, which leaves rare spellings (escaped keys, keys beyond ASCII, 19-digit
 * integers) to {@link parsePayload}, could not tell.
 */
export function isProvenPayload(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
  watch?: AttributeWatch,
): boolean {
  if (end - start > LIMITS.payloadBytes || bytes[start] !== OPEN_MAP) return false;
  const first = start + 1;
  let at = first;
  let from = memberStart(bytes, at, first, ATTRIBUTES);
  if (from !== NO) {
    // Empty attributes are left out, so that a closing brace here belongs to no payload.
    at = bytes[from] === CLOSE_MAP ? NO : scanMembers(bytes, from, 1, watch);
    if (at === NO) return false;
  }
  from = memberStart(bytes, at, first, BODY);
  if (from !== NO) {
    at = scanValue(bytes, from, 1);
    if (at === NO) return false;
  }
  from = memberStart(bytes, at, first, EVENT_NAME);
  if (from !== NO) {
    at = bytes[from + 1] === QUOTE ? NO : scanString(bytes, from);
    if (at === NO) return false;
  }
  from = memberStart(bytes, at, first, OBSERVED_TIMESTAMP);
  if (from !== NO) {
    at = scanTime(bytes, from);
    if (at === NO) return false;
  }
  from = memberStart(bytes, at, first, SPAN_ID);
  if (from !== NO) {
    at = scanId(bytes, from, 16);
    if (at === NO) return false;
  }
  from = memberStart(bytes, at, first, TIMESTAMP);
  if (from !== NO) {
    at = scanTime(bytes, from);
    if (at === NO) return false;
  }
  from = memberStart(bytes, at, first, TRACE_ID);
  if (from !== NO) {
    at = scanId(bytes, from, 32);
    if (at === NO) return false;
  }
  // Positions only grow, so that whoever ends here has read nothing beyond `end`.
  return at === end - 1 && bytes[at] === CLOSE_MAP;
}

/** The position of a top-level member's value, or NO if another member or the end comes next. */
function memberStart(bytes: Uint8Array, at: number, first: number, token: Uint8Array): number {
  const skip = at === first ? 1 : 0;
  for (let i = skip; i < token.length; i++) {
    if (bytes[at + i - skip] !== token[i]) return NO;
  }
  return at + token.length - skip;
}

function matches(bytes: Uint8Array, at: number, token: Uint8Array): boolean {
  for (let i = 0; i < token.length; i++) {
    if (bytes[at + i] !== token[i]) return false;
  }
  return true;
}

/** The members of a map, from behind its opening brace to behind its closing one; keys strictly ascending. */
function scanMembers(bytes: Uint8Array, start: number, depth: number, watch?: AttributeWatch): number {
  if (depth > LIMITS.depth) return NO;
  let at = start;
  if (bytes[at] === CLOSE_MAP) return at + 1;
  let previousStart = 0;
  let previousEnd = 0;
  for (;;) {
    if (bytes[at] !== QUOTE) return NO;
    const keyStart = at + 1;
    at = scanKey(bytes, keyStart);
    if (at === NO) return NO;
    if (previousStart !== 0 && !ascends(bytes, previousStart, previousEnd, keyStart, at)) return NO;
    previousStart = keyStart;
    previousEnd = at;
    if (watch !== undefined) note(watch, bytes, keyStart, at);
    at = scanValue(bytes, at + 2, depth + 1);
    if (at === NO) return NO;
    const next = bytes[at++];
    if (next === CLOSE_MAP) return at;
    if (next !== COMMA) return NO;
  }
}

function note(watch: AttributeWatch, bytes: Uint8Array, start: number, end: number): void {
  for (let i = 0; i < watch.names.length; i++) {
    const name = watch.names[i] as Uint8Array;
    if (name.length === end - start && matches(bytes, start, name)) watch.places[i] = end + 2;
  }
}

/** The position of the quotation mark that ends a key of plain ASCII and has a colon behind it. */
function scanKey(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return bytes[at + 1] === 0x3a ? at : NO;
    // Written this way round so that the undefined behind the end is refused too.
    if (!(byte >= 0x20 && byte < 0x80) || byte === BACKSLASH) return NO;
    at++;
  }
}

function ascends(bytes: Uint8Array, aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const a = bytes[aStart + i] as number;
    const b = bytes[bStart + i] as number;
    if (a !== b) return a < b;
  }
  return aEnd - aStart < bEnd - bStart;
}

function scanValue(bytes: Uint8Array, start: number, depth: number): number {
  if (bytes[start] === OPEN_ARRAY) return scanArray(bytes, start + 1, depth);
  if (bytes[start] !== OPEN_MAP) return NO;
  const at = start + 1;
  if (matches(bytes, at, STRING_VALUE) && bytes[at + STRING_VALUE.length] === QUOTE) {
    return close(bytes, scanString(bytes, at + STRING_VALUE.length));
  }
  if (matches(bytes, at, INT_VALUE)) return close(bytes, scanInt(bytes, at + INT_VALUE.length));
  if (matches(bytes, at, BOOL_VALUE)) {
    const from = at + BOOL_VALUE.length;
    if (matches(bytes, from, TRUE)) return from + TRUE.length;
    if (matches(bytes, from, FALSE)) return from + FALSE.length;
    return scanMembers(bytes, at, depth);
  }
  if (matches(bytes, at, BYTES_VALUE)) return close(bytes, scanBase64(bytes, at + BYTES_VALUE.length));
  if (matches(bytes, at, DOUBLE_VALUE) && bytes[at + DOUBLE_VALUE.length] !== OPEN_MAP) {
    return close(bytes, scanDouble(bytes, at + DOUBLE_VALUE.length));
  }
  return scanMembers(bytes, at, depth);
}

function close(bytes: Uint8Array, at: number): number {
  return at !== NO && bytes[at] === CLOSE_MAP ? at + 1 : NO;
}

function scanArray(bytes: Uint8Array, start: number, depth: number): number {
  if (depth > LIMITS.depth) return NO;
  if (bytes[start] === CLOSE_ARRAY) return start + 1;
  let at = start;
  for (;;) {
    at = scanValue(bytes, at, depth + 1);
    if (at === NO) return NO;
    const next = bytes[at++];
    if (next === CLOSE_ARRAY) return at;
    if (next !== COMMA) return NO;
  }
}

/** A string with its quotation marks: strict UTF-8 and only the escapes that RFC 8785 writes. */
function scanString(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== QUOTE) return NO;
  let at = start + 1;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte < 0x80) {
      if (byte === QUOTE) return at + 1;
      if (byte < 0x20) return NO;
      at = byte === BACKSLASH ? scanEscape(bytes, at + 1) : at + 1;
    } else {
      at = sequenceEnd(bytes, at);
    }
    if (at === NO) return NO;
  }
}

/** The escapes of one letter: `"`, `\`, b, f, n, r, t. */
const SHORT_ESCAPES: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\bfnrt'));

/** From behind the reverse solidus. */
function scanEscape(bytes: Uint8Array, at: number): number {
  if (SHORT_ESCAPES.has(bytes[at])) return at + 1;
  // \u stands only before the control characters that have no letter.
  return bytes[at] === 0x75 ? scanControlEscape(bytes, at + 1) : NO;
}

function scanControlEscape(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x30 || bytes[at + 1] !== 0x30) return NO;
  const high = bytes[at + 2];
  const low = bytes[at + 3] as number;
  const isDigit = low >= 0x30 && low <= 0x39;
  if (!isDigit && !(low >= 0x61 && low <= 0x66)) return NO;
  if (high === 0x31) return at + 4;
  // 08, 09, 0a, 0c and 0d have letters.
  if (high !== 0x30 || low === 0x38 || low === 0x39 || low === 0x61 || low === 0x63 || low === 0x64) return NO;
  return at + 4;
}

/** Digits and the quotation mark behind them, of at most 18 digits: what is within int64 without looking closer. */
function scanInt(bytes: Uint8Array, start: number): number {
  const negative = bytes[start] === 0x2d;
  const at = negative ? start + 1 : start;
  if (bytes[at] === 0x30) return !negative && bytes[at + 1] === QUOTE ? at + 2 : NO;
  return scanDigits(bytes, at, 18);
}

/** As {@link scanInt}, above 0 and of at most 19 digits, which 64 unsigned bits always hold. */
function scanTime(bytes: Uint8Array, start: number): number {
  return bytes[start] === 0x30 ? NO : scanDigits(bytes, start, 19);
}

function scanDigits(bytes: Uint8Array, start: number, most: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) break;
    if (!(byte >= 0x30 && byte <= 0x39)) return NO;
    at++;
  }
  return at > start && at - start <= most ? at + 1 : NO;
}

function scanId(bytes: Uint8Array, start: number, digits: number): number {
  let zero = true;
  for (let at = start; at < start + digits; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x30) continue;
    zero = false;
    if (!(byte > 0x30 && byte <= 0x39) && !(byte >= 0x61 && byte <= 0x66)) return NO;
  }
  return !zero && bytes[start + digits] === QUOTE ? start + digits + 1 : NO;
}

function scanDouble(bytes: Uint8Array, start: number): number {
  let at = start;
  // The longest shortest-round-trip spelling of a double has 25 characters.
  while (at - start < 32 && bytes[at] !== CLOSE_MAP) at++;
  const text = String.fromCharCode(...bytes.subarray(start, at));
  const value = Number(text);
  return Number.isFinite(value) && String(value) === text ? at : NO;
}

function scanBase64(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(QUOTE, start);
  if (end < 0) return NO;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return decodeBase64(text) === undefined ? NO : end + 1;
}
