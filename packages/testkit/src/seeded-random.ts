// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';

/** Bytes that follow from a label alone: the same in every run, on every machine. */
export function seedBytes(label: string, length = 32): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < length; block++) {
    blocks.push(createHash('sha256').update(`stepseal test seed/${block}/${label}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** A repeatable source of numbers for tests: SHA-256 in counter mode over a label. Never for keys that protect anything. */
export class SeededRandom {
  readonly #label: string;
  #counter = 0;
  #pool: Buffer = Buffer.alloc(0);

  constructor(label: string | number) {
    this.#label = String(label);
  }

  bytes(length: number): Buffer {
    while (this.#pool.length < length) {
      this.#pool = Buffer.concat([this.#pool, seedBytes(`${this.#label}/${this.#counter++}`)]);
    }
    const taken = this.#pool.subarray(0, length);
    this.#pool = this.#pool.subarray(length);
    return taken;
  }

  /** A whole number from 0 to `bound` - 1; `bound` at most 2^48. The bias is below 2^-16 for bounds up to 2^32. */
  below(bound: number): number {
    return this.bytes(6).readUIntBE(0, 6) % bound;
  }
}
