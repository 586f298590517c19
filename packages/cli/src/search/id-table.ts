// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What is known of step-ups by id, in parallel columns: a million of them must fit, and cross from thread to thread. */
export interface IdColumns {
  readonly low: Uint32Array<ArrayBuffer>;
  readonly high: Uint32Array<ArrayBuffer>;
  /** Bit by bit, what was met. */
  readonly mask: Uint32Array<ArrayBuffer>;
  /** Latest time of a record that met something, in milliseconds. */
  readonly time: Float64Array<ArrayBuffer>;
}

const FIRST_SLOTS = 1 << 12;

/**
 * Step-ups by a hash of 64 bits of their id, 40 bytes each. The hash is seeded anew for each run, so that whoever chooses
 * ids cannot make two of them fall together; what is shown is compared by the id itself.
 */
export class IdTable {
  readonly #seed: number;
  #columns: IdColumns = empty(FIRST_SLOTS);
  #size = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds what a record of the id between `start` and `end` met. */
  add(bytes: Uint8Array, start: number, end: number, mask: number, time: number): void {
    this.#hash(bytes, start, end);
    this.#put(this.#low, this.#high, mask, time);
  }

  /** Adds another thread's columns. */
  merge({ low, high, mask, time }: IdColumns): void {
    for (let i = 0; i < low.length; i++) {
      this.#put(low[i] as number, high[i] as number, mask[i] as number, time[i] as number);
    }
  }

  has(bytes: Uint8Array, start: number, end: number): boolean {
    this.#hash(bytes, start, end);
    return this.#columns.mask[this.#slot(this.#columns, this.#low, this.#high)] !== 0;
  }

  /** The rows that `wanted` takes, without the empty slots. */
  rows(wanted: (mask: number) => boolean = () => true): IdColumns {
    const { low, high, mask, time } = this.#columns;
    let count = 0;
    const taken = new Uint32Array(this.#size);
    for (let i = 0; i < mask.length; i++) if (mask[i] !== 0 && wanted(mask[i] as number)) taken[count++] = i;
    const rows = empty(count);
    for (let row = 0; row < count; row++) {
      const i = taken[row] as number;
      rows.low[row] = low[i] as number;
      rows.high[row] = high[i] as number;
      rows.mask[row] = mask[i] as number;
      rows.time[row] = time[i] as number;
    }
    return rows;
  }

  #low = 0;
  #high = 0;

  /** Two lanes of FNV-1a with different starts, mixed at the end. */
  #hash(bytes: Uint8Array, start: number, end: number): void {
    let low = 0x811c9dc5 ^ this.#seed;
    let high = 0x9e3779b9 ^ Math.imul(this.#seed, 0x85ebca6b);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte ^ (low >>> 15), 0x5bd1e995);
    }
    this.#low = mixed(low);
    this.#high = mixed(high);
  }

  #put(low: number, high: number, mask: number, time: number): void {
    const { mask: masks, time: times, low: lows, high: highs } = this.#columns;
    const slot = this.#slot(this.#columns, low, high);
    if (masks[slot] === 0) {
      lows[slot] = low;
      highs[slot] = high;
      times[slot] = time;
      this.#size += 1;
    } else if (time > (times[slot] as number)) times[slot] = time;
    masks[slot] = (masks[slot] as number) | mask;
    if (this.#size * 2 > masks.length) this.#grow();
  }

  /** The slot of a hash, or the free one where it belongs. */
  #slot({ low: lows, high: highs, mask }: IdColumns, low: number, high: number): number {
    const last = mask.length - 1;
    let slot = (low ^ (high >>> 7)) & last;
    while (mask[slot] !== 0 && (lows[slot] !== low || highs[slot] !== high)) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const old = this.#columns;
    this.#columns = empty(old.mask.length * 2);
    this.#size = 0;
    for (let i = 0; i < old.mask.length; i++) {
      if (old.mask[i] === 0) continue;
      this.#put(old.low[i] as number, old.high[i] as number, old.mask[i] as number, old.time[i] as number);
    }
  }
}

/** The latest `count` rows, or all; 0 in `mask` would mean an empty slot. */
export function latestRows(rows: IdColumns, count: number): IdColumns {
  if (rows.time.length <= count) return rows;
  const order = Uint32Array.from(rows.time.keys()).sort((a, b) => (rows.time[b] as number) - (rows.time[a] as number));
  const taken = order.subarray(0, count);
  const latest = empty(count);
  for (let row = 0; row < count; row++) {
    const i = taken[row] as number;
    latest.low[row] = rows.low[i] as number;
    latest.high[row] = rows.high[i] as number;
    latest.mask[row] = rows.mask[i] as number;
    latest.time[row] = rows.time[i] as number;
  }
  return latest;
}

function empty(slots: number): IdColumns {
  return {
    low: new Uint32Array(slots),
    high: new Uint32Array(slots),
    mask: new Uint32Array(slots),
    time: new Float64Array(slots),
  };
}

function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x7feb352d);
  mix ^= mix >>> 15;
  return mix >>> 0;
}
