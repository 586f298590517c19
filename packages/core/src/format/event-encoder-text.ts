// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isWellFormed } from './json-text.ts';

// What the generated encoders do with one value: they splice it into the text as it is, and leave the record to the
// careful way when it must be mended.

const MAX_TIME_MS = 9_223_372_036_854;
const NON_ASCII = /[^\x00-\x7f]/;

// Printable ASCII without the quotation mark and the reverse solidus stands in JSON as it is.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * What happened to values so far. These are counts, and never set back, because reading an event may run code of the
 * application, which may encode another event in between.
 */
export const encoding: {
  /** Values that must be mended, so that the fast way cannot go on. */
  unfit: number;
  /** Values that stand in the text with an escape. */
  escaped: number;
  /** Whether the text made last is ASCII. */
  ascii: boolean;
} = { unfit: 0, escaped: 0, ascii: true };

/** Says that a value must be mended. */
export function unfit(): undefined {
  encoding.unfit += 1;
}

export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/** The same text in one piece: a text that was added up stays a chain of its parts, dear to copy each time. */
export function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

/** A text as it may stand between quotation marks: itself mostly, with escapes where JSON needs them. */
export function spliced(value: unknown, maxBytes: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > maxBytes || value === '') return unfit();
  return PLAIN.test(value) ? value : escaped(value, maxBytes);
}

function escaped(text: string, maxBytes: number): string | undefined {
  if (!isWellFormed(text) || Buffer.byteLength(text) > maxBytes) return unfit();
  encoding.escaped += 1;
  return JSON.stringify(text).slice(1, -1);
}

/** A text of the sealing side: believed if it has the right length, for nobody else can set it. */
export function ownText(value: unknown, length: number): string | undefined {
  return typeof value === 'string' && value.length === length ? value : unfit();
}

const HEX = /^[0-9a-f]*$/;
const NO_TRACE_ID = '0'.repeat(32);
const NO_SPAN_ID = '0'.repeat(16);

/** Checks that both ids are there and valid, or that neither is given. */
export function checkIds(traceId: unknown, spanId: unknown): void {
  if (traceId === undefined && spanId === undefined) return;
  const isTrace = typeof traceId === 'string' && traceId.length === 32 && traceId !== NO_TRACE_ID && HEX.test(traceId);
  const isSpan = typeof spanId === 'string' && spanId.length === 16 && spanId !== NO_SPAN_ID && HEX.test(spanId);
  if (!isTrace || !isSpan) unfit();
}

const small: readonly string[] = Array.from({ length: 1000 }, (_, i) => String(i));
const padded: readonly string[] = small.map((text) => text.padStart(3, '0'));
const paddedNanoseconds: readonly string[] = padded.map((text) => `${text}000000`);

/** Decimal text of an integer. The engine is slow to make a text of a number it has not just made one of. */
function integerText(value: number): string {
  if (!(value >= 0 && value < 1_000_000)) return String(value);
  if (value < 1000) return small[value] ?? '';
  return (small[Math.floor(value / 1000)] ?? '') + (padded[value % 1000] ?? '');
}

/** Decimal text of an integer. */
export function splicedInteger(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? integerText(value) : unfit();
}

let lastSecond = -1;
let lastSecondText = '';

/** Nanoseconds of a time in milliseconds as decimal text, floored to the millisecond. */
export function nanosecondText(timeMs: unknown): string | undefined {
  if (typeof timeMs !== 'number' || !(timeMs >= 1 && timeMs <= MAX_TIME_MS)) return unfit();
  const second = Math.floor(timeMs / 1000);
  if (second !== lastSecond) {
    if (second === 0) return `${Math.floor(timeMs)}000000`;
    lastSecond = second;
    lastSecondText = String(second);
  }
  return lastSecondText + (paddedNanoseconds[Math.floor(timeMs - second * 1000)] ?? '');
}

/** Whether so many attributes are there; those that are undefined count as absent. */
export function areAll(attributes: Readonly<Record<string, unknown>>, found: number): boolean {
  let present = 0;
  for (const name in attributes) if (attributes[name] !== undefined) present += 1;
  return found === present;
}
