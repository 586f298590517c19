// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Reads single values out of the bytes of a canonical payload, without parsing it. The form has one spelling
// (docs/spec/payload.md), and a quotation mark inside a text is always escaped, so that `"name":{"stringValue":"` cannot
// be part of one. Whoever writes the file may still write what is no payload: what is shown is parsed first.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;
const ZERO = 0x30;

const ID = Buffer.from('"step_up.id":{"stringValue":"');
const TIMESTAMP = Buffer.from('"timestamp":"');
/** `,"trace_id":"` and 32 digits, a quotation mark and a brace. */
const TRACE_BYTES = 47;
const SECOND_DIGITS = 13;

export const LF = 0x0a;

/**
 * Bytes by which a line with a `step_up.id` is found, at half the cost of the whole name: a search looks for the first
 * byte first, and in a payload there are eight quotation marks to one underscore.
 */
export const ID_SEED: Buffer = ID.subarray('"step'.length);

/** Where the text of a `step_up.id` begins whose seed stands at `at`; -1 where it belongs to another name. */
export function idBehindSeed(bytes: Buffer, at: number): number {
  const start = at - (ID.length - ID_SEED.length);
  for (let i = start; i < at; i++) if (bytes[i] !== ID[i - start]) return -1;
  return at + ID_SEED.length;
}

/** Bytes of an attribute with this text. */
export function stringNeedle(name: string, value: string): Buffer {
  return Buffer.from(`"${name}":{"stringValue":${JSON.stringify(value)}}`);
}

/** Bytes of any attribute with this text. */
export function valueNeedle(value: string): Buffer {
  return Buffer.from(`":{"stringValue":${JSON.stringify(value)}}`);
}

/** Bytes of an attribute with this truth value. */
export function boolNeedle(name: string, value: boolean): Buffer {
  return Buffer.from(`"${name}":{"boolValue":${value}}`);
}

/** Bytes of a record of this event. */
export function eventNeedle(eventName: string): Buffer {
  return Buffer.from(`"event_name":${JSON.stringify(eventName)}`);
}

/** Whether the line at `start` is a note: `{"n` begins no payload. */
export function isNote(bytes: Buffer, start: number): boolean {
  return bytes[start + 2] === LETTER_N;
}

/** Milliseconds since 1970 of the record between `start` and `end`; 0 where it has none. */
export function timeOfLine(bytes: Buffer, start: number, end: number): number {
  let at = timeStart(bytes, end);
  if (at === -1) at = timeStart(bytes, end - TRACE_BYTES);
  if (at === -1) {
    const found = bytes.subarray(start, end).lastIndexOf(TIMESTAMP);
    if (found === -1) return 0;
    at = start + found + TIMESTAMP.length;
  }
  const close = bytes.indexOf(QUOTE, at);
  if (close === -1 || close > end) return 0;
  // Nanoseconds, of which the last six digits are below a millisecond.
  let milliseconds = 0;
  for (let i = at; i < close - 6; i++) milliseconds = milliseconds * 10 + ((bytes[i] as number) - ZERO);
  return milliseconds;
}

/** Where the digits of a timestamp of today's length begin that ends the object at `end`; -1 where none does. */
function timeStart(bytes: Buffer, end: number): number {
  const at = end - 2 - SECOND_DIGITS - 6;
  const name = at - TIMESTAMP.length;
  if (name < 0) return -1;
  for (let i = 0; i < TIMESTAMP.length; i++) if (bytes[name + i] !== TIMESTAMP[i]) return -1;
  return at;
}

/** Where the text of the `step_up.id` begins, in a line of which `from` is a position before it; -1 without one. */
export function idStart(bytes: Buffer, from: number, end: number): number {
  const at = bytes.subarray(from, end).indexOf(ID);
  return at === -1 ? -1 : from + at + ID.length;
}

/** The position of the quotation mark that ends the text at `from`. */
export function textEnd(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(QUOTE, from);
  while (at !== -1 && isEscaped(bytes, at)) at = bytes.indexOf(QUOTE, at + 1);
  return at === -1 ? bytes.length : at;
}

/** Whether what stands at `at` is part of a member's name, not of a value. */
export function isInName(bytes: Buffer, at: number): boolean {
  return bytes[textEnd(bytes, at) + 1] === 0x3a;
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let slashes = 0;
  while (bytes[at - 1 - slashes] === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}
