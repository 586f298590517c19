// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Clock } from './clock.ts';

/** Wall time may run away from monotonic time by this much before the stream is rolled. */
const CLOCK_JUMP_MS = 5_000;

/** For how long a stream has been open, by both clocks. */
export class StreamAge {
  readonly #clock: Clock;
  #wallMs = 0;
  #monotonicMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A stream was opened. @returns the wall time of that, in milliseconds */
  begin(): number {
    this.#wallMs = this.#clock.wallMs();
    this.#monotonicMs = this.#clock.monotonicMs();
    return this.#wallMs;
  }

  /** Whether it is older than that, or the wall clock was set since: its open record then tells the wrong time. */
  isOver(maxAgeMs: number): boolean {
    const age = this.#clock.monotonicMs() - this.#monotonicMs;
    const wallAge = this.#clock.wallMs() - this.#wallMs;
    return age >= maxAgeMs || Math.abs(wallAge - age) > CLOCK_JUMP_MS;
  }
}
