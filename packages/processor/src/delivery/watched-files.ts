// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync, statSync } from 'node:fs';

/** Longest certificate chain or list of headers. */
const MOST_BYTES = 1024 * 1024;

/** How often the files are looked at, in monotonic milliseconds. */
const LOOK_MS = 1_000;

/**
 * Files that somebody may renew while the process runs: certificates, keys, tokens. Read again when one has changed.
 *
 * Trust: whoever can write them decides to whom the records go and with what name.
 */
export class WatchedFiles<Name extends string> {
  readonly #paths: ReadonlyMap<Name, string>;
  readonly #now: () => number;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #state = '';
  #contents = new Map<Name, Buffer>();

  constructor(paths: Readonly<Partial<Record<Name, string>>>, now: () => number) {
    this.#paths = new Map(Object.entries(paths) as [Name, string][]);
    this.#now = now;
  }

  get contents(): ReadonlyMap<Name, Buffer> {
    return this.#contents;
  }

  /** @returns whether the contents are other than before @throws what the file system throws, and RangeError */
  look(): boolean {
    const now = this.#now();
    if (this.#paths.size === 0 || now - this.#lookedMs < LOOK_MS) return false;
    const state = [...this.#paths.values()].map(stamp).join();
    if (state === this.#state) {
      this.#lookedMs = now;
      return false;
    }
    this.#contents = new Map([...this.#paths].map(([name, path]) => [name, readFileSync(path)]));
    this.#state = state;
    this.#lookedMs = now;
    return true;
  }
}

function stamp(path: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(path);
  if (size > MOST_BYTES) throw new RangeError(`${path} is too large`);
  return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}
