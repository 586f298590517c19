// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Depth of what is in the list `hits` of the object `hits`. */
const HIT_DEPTH = 3;
/** How the list begins, in the one way in which Elasticsearch writes it. */
const LIST_START = Buffer.from('"hits":[');

/** Whole numbers of fewer digits are exact. */
const UNSAFE_DIGITS = 16;

/** A hit as text. */
export interface HitText {
  readonly bytes: Buffer;
  /** True where a number in it is written with a point, an exponent or so many digits that some could get lost. */
  readonly hidesDigits: boolean;
}

/** The answer to a search, cut apart. */
export interface PageText {
  /** All of it but its hits. */
  readonly envelope: Buffer;
  /** Each hit, in order. */
  readonly hits: readonly HitText[];
}

/**
 * Cuts the answer to a search into its hits, so that they are parsed one at a time. Parsed as a whole, a page is garbage
 * of many megabytes that outlives several collections, and the engine makes room for it that it does not give back.
 *
 * @param text - JSON in UTF-8; of anything else the parts are none either.
 */
export function cutPage(text: Buffer): PageText {
  const start = text.indexOf(LIST_START) + LIST_START.length;
  if (start < LIST_START.length) return { envelope: text, hits: [] };
  const hits: HitText[] = [];
  let depth = HIT_DEPTH;
  let from = start;
  let digits = 0;
  let hidesDigits = false;
  // One loop for both, over the bytes: the characters of a text this large are slow to get at.
  for (let at = start; at < text.length; at++) {
    const code = text[at] as number;
    if (code >= 0x30 && code <= 0x39) {
      if (++digits >= UNSAFE_DIGITS) hidesDigits = true;
      continue;
    }
    // A point, e or E behind a digit.
    if (digits > 0 && (code === 0x2e || code === 0x65 || code === 0x45)) hidesDigits = true;
    digits = 0;
    if (code === QUOTE) {
      at++;
      for (let inside = text[at]; inside !== QUOTE && at < text.length; inside = text[at]) {
        at += inside === BACKSLASH ? 2 : 1;
      }
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (code === COMMA && depth === HIT_DEPTH) {
      hits.push({ bytes: text.subarray(from, at), hidesDigits });
      from = at + 1;
      hidesDigits = false;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      depth--;
      if (depth >= HIT_DEPTH) continue;
      if (from < at) hits.push({ bytes: text.subarray(from, at), hidesDigits });
      return { envelope: Buffer.concat([text.subarray(0, start), text.subarray(at)]), hits };
    }
  }
  return { envelope: text, hits: [] };
}
