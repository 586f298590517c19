// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';

/** Choices that follow from a seed alone, so that a drill can be repeated. Not for secrets. */
export class Seeded {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A whole number from 0 up to `limit`, that one left out. */
  below(limit: number): number {
    const hash = createHash('sha256')
      .update(`${this.#seed}/${this.#count++}`)
      .digest();
    return Number(hash.readBigUInt64BE() % BigInt(limit));
  }

  pick<T>(values: readonly T[]): T | undefined {
    return values.length === 0 ? undefined : values[this.below(values.length)];
  }
}
