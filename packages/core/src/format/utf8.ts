// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What {@link sequenceEnd} answers where there is no well-formed sequence. */
export const NO_SEQUENCE = -1;

/**
 * Text of strict UTF-8. A byte order mark is kept as the character it is, so that no JSON parser accepts it.
 *
 * @throws FormatError `MALFORMED` with the offset of the first byte that is none
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    let offset = 0;
    for (let next = 0; next !== NO_SEQUENCE && offset < bytes.length; next = sequenceEnd(bytes, offset)) offset = next;
    throw new FormatError('MALFORMED', `not UTF-8 at byte ${offset}`, { offset, cause });
  }
}

/** The position after the code point at `at`: one of the well-formed byte sequences of Unicode table 3-7. */
export function sequenceEnd(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return at + 1;
  const second = bytes[at + 1] as number;
  if (lead >= 0xc2 && lead <= 0xdf) return isTail(second) ? at + 2 : NO_SEQUENCE;
  if (lead >= 0xe0 && lead <= 0xef) {
    const low = lead === 0xe0 ? 0xa0 : 0x80;
    const high = lead === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && isTail(bytes[at + 2]) ? at + 3 : NO_SEQUENCE;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const low = lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xf4 ? 0x8f : 0xbf;
    const tails = isTail(bytes[at + 2]) && isTail(bytes[at + 3]);
    return second >= low && second <= high && tails ? at + 4 : NO_SEQUENCE;
  }
  // Lead bytes that begin nothing, and the undefined behind the end.
  return NO_SEQUENCE;
}

function isTail(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf;
}
