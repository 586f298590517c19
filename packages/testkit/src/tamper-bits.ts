// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SeededRandom } from './seeded-random.ts';

/** A copy with one bit turned over: bit 0 is the lowest of byte 0. */
export function flipBitAt(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const index = bit >>> 3;
  copy[index] = (copy[index] as number) ^ (1 << (bit & 7));
  return copy;
}

/** A copy with one bit turned over; which one follows from the seed alone. */
export function flipBit(bytes: Uint8Array, seed: string | number): Uint8Array {
  return flipBitAt(bytes, new SeededRandom(`flip/${seed}`).below(bytes.length * 8));
}

/** One bit to flip in one of several files. */
export interface BitFlip {
  readonly path: string;
  readonly bit: number;
}

/** A stretch of bytes of which each shall be hit once. */
export interface ByteRange {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/**
 * `count` seeded flips over all files by their size. Every byte of `always` gets one first (which of its bits is seeded),
 * as far as `count` goes.
 */
export function seededFlips(
  files: ReadonlyMap<string, Uint8Array>,
  count: number,
  seed: string | number,
  always: readonly ByteRange[] = [],
): BitFlip[] {
  const random = new SeededRandom(`flips/${seed}`);
  const flips: BitFlip[] = [];
  for (const { path, from, to } of always) {
    for (let byte = from; byte < to; byte++) {
      flips.push({ path, bit: byte * 8 + random.below(8) });
    }
  }
  const sizes = [...files].map(([path, bytes]) => ({ path, bits: bytes.length * 8 })).filter(({ bits }) => bits > 0);
  const total = sizes.reduce((sum, { bits }) => sum + bits, 0);
  while (flips.length < count && total > 0) {
    let at = random.below(total);
    for (const { path, bits } of sizes) {
      if (at < bits) {
        flips.push({ path, bit: at });
        break;
      }
      at -= bits;
    }
  }
  return flips;
}
