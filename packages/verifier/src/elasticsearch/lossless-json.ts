// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A number as it was written, where a JavaScript number would hide how: `1.0`, `1e3`, a fraction of many digits. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const INTEGER = /^-?\d+$/;
/** Whole numbers of fewer digits are exact. */
const UNSAFE_DIGITS = 16;

/**
 * `JSON.parse` that loses no digit: integers beyond 2^53 are bigints, and numbers with a point or an exponent are
 * {@link WrittenNumber}s. Where a text has neither, which is nearly always, it costs one look at each character more.
 *
 * @param careful - Whether the text has such numbers, where that is known.
 * @throws SyntaxError where the text is no JSON
 */
export function parseLossless(text: string, careful: boolean = hidesDigits(text)): unknown {
  return careful ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) : JSON.parse(text);
}

/** Every engine since Node 21 hands over the text of a scalar. */
function keepDigits(_key: string, value: unknown, context: { readonly source: string }): unknown {
  if (typeof value !== 'number') return value;
  const { source } = context;
  if (!INTEGER.test(source)) return new WrittenNumber(source);
  return Number.isSafeInteger(value) ? value : BigInt(source);
}

/**
 * A number that hides digits, where a value may begin: first of all, behind a name, in a list. Inside of
 * strings it may be found as well, hardly ever; no such number outside of them is passed over.
 */
const MAY_HIDE = /(?:^|"\s*:|[[,])\s*-?(?:\d{16}|\d+[.eE])/;

/** Whether a number outside of strings is written with a point, an exponent or so many digits that some could get lost. */
function hidesDigits(text: string): boolean {
  if (!MAY_HIDE.test(text)) return false;
  let digits = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === QUOTE) isString = false;
      else if (code === BACKSLASH) at++;
    } else if (code === QUOTE) {
      isString = true;
      digits = 0;
    } else if (code >= 0x30 && code <= 0x39) {
      if (++digits >= UNSAFE_DIGITS) return true;
    } else if (digits > 0) {
      // A point, e or E behind a digit.
      if (code === 0x2e || code === 0x65 || code === 0x45) return true;
      digits = 0;
    }
  }
  return false;
}
