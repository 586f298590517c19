// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Fills the buffer with random bytes that nobody can foretell. */
export type RandomFill = (buffer: Buffer) => void;

/** `node:crypto`'s generator. */
export const systemRandom: RandomFill = (buffer) => {
  randomFillSync(buffer);
};

const VARIANTS = ['8', '9', 'a', 'b'];
const PAGE_BYTES = 4096;
const DIGITS_PER_ID = 19;
const LAST_MS = 2 ** 48 - 1;

/**
 * UUIDv7 in lower case (RFC 9562 section 5.7): 48 bits of wall time, then 74 random ones. Random digits are drawn by the
 * page, because one call to the generator costs more than the rest of an id together.
 */
export class RecordIds {
  readonly #clock: Clock;
  readonly #random: RandomFill;
  #page = '';
  #used = 0;
  #ms = -1;
  #prefix = '';

  constructor(clock: Clock, random: RandomFill) {
    this.#clock = clock;
    this.#random = random;
  }

  next(): string {
    const ms = this.#clock.wallMs();
    if (ms !== this.#ms) {
      const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0').slice(-12);
      this.#prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
      this.#ms = ms;
    }
    if (this.#used + DIGITS_PER_ID > this.#page.length) this.#turnPage();
    const page = this.#page;
    const at = this.#used;
    this.#used = at + DIGITS_PER_ID;
    // The last digit gives the two bits beside the variant.
    const variant = VARIANTS[page.charCodeAt(at + 18) & 3];
    return `${this.#prefix}${page.slice(at, at + 3)}-${variant}${page.slice(at + 3, at + 6)}-${page.slice(at + 6, at + 18)}`;
  }

  /**
   * The next id that sorts behind this one, also when the clock went back: then with a time one millisecond after that of
   * the other (RFC 9562 section 6.2, clock rollback).
   */
  nextAfter(id: string): string {
    const next = this.next();
    const ms = Number.parseInt(`${id.slice(0, 8)}${id.slice(9, 13)}`, 16) + 1;
    // Behind the end of time, which only somebody else can have written there, nothing sorts.
    if (next > id || !(ms <= LAST_MS)) return next;
    const time = ms.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}${next.slice(13)}`;
  }

  #turnPage(): void {
    const bytes = Buffer.alloc(PAGE_BYTES);
    this.#random(bytes);
    this.#page = bytes.toString('hex');
    this.#used = 0;
  }
}
