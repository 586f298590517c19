// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * A map that forgets: the oldest entry when it is full, any entry that is older than its time. What it holds is keyed
 * by what clients send, so it must not grow with them.
 */
export class BoundedMap<V> {
  readonly #entries = new Map<string, { value: V; atMs: number }>();
  readonly #maxEntries: number;
  readonly #maxAgeMs: number;
  readonly #nowMs: () => number;

  /** @param nowMs monotonic milliseconds. */
  constructor(limits: { maxEntries: number; maxAgeMs: number }, nowMs: () => number) {
    this.#maxEntries = limits.maxEntries;
    this.#maxAgeMs = limits.maxAgeMs;
    this.#nowMs = nowMs;
  }

  /** Entries that are not older than their time. */
  get size(): number {
    const oldestMs = this.#nowMs() - this.#maxAgeMs;
    // In the order in which they were set, so the first that is young enough ends the search.
    for (const [key, { atMs }] of this.#entries) {
      if (atMs >= oldestMs) break;
      this.#entries.delete(key);
    }
    return this.#entries.size;
  }

  get empty(): boolean {
    return this.#entries.size === 0;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#nowMs() - entry.atMs <= this.#maxAgeMs) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, { value, atMs: this.#nowMs() });
  }

  /** Keys of the entries that are not older than their time, oldest first. */
  keys(): IterableIterator<string> {
    return this.size === 0 ? [].values() : this.#entries.keys();
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
