// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Bounds of the records held in memory while no file can be written. */
export interface SpoolLimits {
  /** Records held at most. */
  readonly records: number;
  /** Their payloads' length at most, in UTF-16 code units, which are bytes for nearly all payloads. */
  readonly length: number;
}

/**
 * Payloads waiting for a stream, in order of emission. Each is a whole payload, chain fields included: those of the
 * stream it was meant for, to be replaced when it gets its place.
 */
export class Spool {
  readonly #limits: SpoolLimits;
  #payloads: string[] = [];
  #length = 0;

  constructor(limits: SpoolLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#payloads.length;
  }

  /** @returns false when there is no room */
  push(payload: string): boolean {
    const length = this.#length + payload.length;
    if (this.#payloads.length >= this.#limits.records || length > this.#limits.length) return false;
    this.#payloads.push(payload);
    this.#length = length;
    return true;
  }

  /** Puts records that were emitted before all others in front, bounds or not: they were accepted once already. */
  unshift(payloads: readonly string[]): void {
    this.#payloads = [...payloads, ...this.#payloads];
    for (const payload of payloads) this.#length += payload.length;
  }

  first(): string | undefined {
    return this.#payloads[0];
  }

  /** The first one has its place. */
  shift(): void {
    const payload = this.#payloads.shift();
    if (payload !== undefined) this.#length -= payload.length;
  }
}
