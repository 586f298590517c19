// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { BoundedMap } from '../bounded-map.ts';

/**
 * What is remembered of step-ups between requests, by kind and name:
 *
 * - `open`: a step-up that has not ended, by its id
 * - `done`: who ended a step-up, by its id; later claims of the same end carry a number (`<id>.2`)
 * - `alias`: a challenge whose step-up has another id than the challenge gives
 * - `session`: the step-up that a session has open
 * - `demand`: a refused request that may come again
 * - `renewal`: the session that a session continues under a new id
 * - `route`: an action that has demanded a step-up, or that checks answers
 */
export const KINDS = ['open', 'done', 'alias', 'session', 'demand', 'renewal', 'route'] as const;
export type EntryKind = (typeof KINDS)[number];

/** Values are plain JSON objects and hold keyed hashes and registry values only. */
export type EntryValue = object;

/** Where entries are kept: the memory of one thread, or the files that all processes of a data directory share. */
export interface Entries {
  get(kind: EntryKind, name: string): unknown;
  /** Whether it is there, readable or not. */
  has(kind: EntryKind, name: string): boolean;
  /** Sets or replaces. */
  put(kind: EntryKind, name: string, value: EntryValue): void;
  /** Sets what is not there yet. @returns false when it is: of all who try, one gets true */
  claim(kind: EntryKind, name: string, value: EntryValue): boolean;
  remove(kind: EntryKind, name: string): void;
  /** Some of the names, at most `limit`; the next call goes on behind them, and after the last it begins anew. */
  some(kind: EntryKind, limit: number): Promise<readonly string[]>;
  /** Whether there are so many that the oldest have to go early. */
  crowded(kind: EntryKind): boolean;
  /** How long an entry stays, in milliseconds. */
  keptMs(kind: EntryKind): number;
}

const MAX_ENTRIES = 10_000;
/** No entry goes sooner, however many there are in files. */
export const KEPT_AT_LEAST_MS: number = 15 * 60_000;

/** Entries of one thread, forgotten with it. */
export class MemoryEntries implements Entries {
  readonly #maps: ReadonlyMap<EntryKind, BoundedMap<EntryValue>>;
  readonly #at = new Map<EntryKind, number>();
  readonly #maxAgeMs: number;

  /** @param nowMs monotonic milliseconds */
  constructor(maxAgeMs: number, nowMs: () => number) {
    this.#maxAgeMs = maxAgeMs;
    this.#maps = new Map(KINDS.map((kind) => [kind, new BoundedMap({ maxEntries: MAX_ENTRIES, maxAgeMs }, nowMs)]));
  }

  get(kind: EntryKind, name: string): unknown {
    return this.#map(kind).get(name);
  }

  has(kind: EntryKind, name: string): boolean {
    return this.#map(kind).get(name) !== undefined;
  }

  put(kind: EntryKind, name: string, value: EntryValue): void {
    this.#map(kind).set(name, value);
  }

  claim(kind: EntryKind, name: string, value: EntryValue): boolean {
    const map = this.#map(kind);
    if (map.get(name) !== undefined) return false;
    map.set(name, value);
    return true;
  }

  remove(kind: EntryKind, name: string): void {
    this.#map(kind).delete(name);
  }

  some(kind: EntryKind, limit: number): Promise<readonly string[]> {
    const names = [...this.#map(kind).keys()];
    const from = this.#at.get(kind) ?? 0;
    this.#at.set(kind, from + limit < names.length ? from + limit : 0);
    return Promise.resolve(names.slice(from, from + limit));
  }

  crowded(kind: EntryKind): boolean {
    return this.#map(kind).size >= MAX_ENTRIES;
  }

  keptMs(kind: EntryKind): number {
    return this.crowded(kind) ? 0 : this.#maxAgeMs;
  }

  #map(kind: EntryKind): BoundedMap<EntryValue> {
    return this.#maps.get(kind) as BoundedMap<EntryValue>;
  }
}
