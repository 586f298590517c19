// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const NUMBER = Buffer.from('"audit.sequence.number":{"intValue":"');
const PREVIOUS_HASH = Buffer.from('"},"audit.sequence.previous_hash":{"stringValue":"');
const STREAM_ID = Buffer.from('"},"audit.sequence.stream_id"');

const QUOTE = 0x22;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/**
 * Reads the place that a record claims from the bytes of its line, without parsing it: number and previous hash stand
 * side by side in canonical order. For the hot path of a scan; what it finds is proved only by a root over the line.
 */
export class ChainLink {
  /** Where the number stood in the line before: in a row of like records it stands there again. */
  private usual = 0;

  /**
   * Whether the line from `start` to `end` claims `number` and, unless that is the first, `previousHash`.
   *
   * @param view holds the line's line feed at `end`, where every comparison that begins before it stops.
   */
  claims(view: Uint8Array, start: number, end: number, number: number, previousHash: string | undefined): boolean {
    const at = this.find(view, start, end);
    return at !== -1 && isPlace(view, at, number, previousHash);
  }

  /** Position of the member; -1 where the line has none. */
  private find(view: Uint8Array, start: number, end: number): number {
    const usual = start + this.usual;
    if (usual < end && startsWith(view, usual, NUMBER)) return usual;
    const at = Buffer.from(view.buffer, view.byteOffset, end).indexOf(NUMBER, start);
    if (at !== -1) this.usual = at - start;
    return at;
  }
}

function isPlace(view: Uint8Array, member: number, number: number, previousHash: string | undefined): boolean {
  const at = skipNumber(view, member + NUMBER.length, number);
  if (at === -1) return false;
  if (previousHash === undefined) return startsWith(view, at, STREAM_ID);
  return startsWith(view, at, PREVIOUS_HASH) && isText(view, at + PREVIOUS_HASH.length, previousHash);
}

/** The position behind the digits of `number` in its one spelling; -1 where something else stands there. */
function skipNumber(view: Uint8Array, from: number, number: number): number {
  if (view[from] === DIGIT_0) return -1;
  let value = 0;
  let at = from;
  for (let byte = view[at]; byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9; byte = view[++at]) {
    value = value * 10 + byte - DIGIT_0;
    if (value > number) return -1;
  }
  return value === number ? at : -1;
}

function startsWith(view: Uint8Array, at: number, token: Uint8Array): boolean {
  for (let i = 0; i < token.length; i++) {
    if (view[at + i] !== token[i]) return false;
  }
  return true;
}

/** The ASCII text and the quotation mark behind it. */
function isText(view: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (view[at + i] !== text.charCodeAt(i)) return false;
  }
  return view[at + text.length] === QUOTE;
}
