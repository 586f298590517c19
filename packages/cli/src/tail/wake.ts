// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type FSWatcher, watch } from 'node:fs';

/** How long to wait without a sign where the system tells of changes, and where it does not. */
const SLOW_MS = 1000;
const FAST_MS = 200;

/** Waits until something may have changed in directories. Signs may be missed or false; a look costs little. */
export class Wake {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #refused = new Set<string>();
  #sign: (() => void) | undefined;
  #changed = false;

  /** Watches these, and no others any more. True where one is new: what happened in it before was not seen. */
  watch(directories: readonly string[]): boolean {
    for (const [directory, watcher] of this.#watchers) {
      if (directories.includes(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    const fresh = directories.filter((one) => !this.#watchers.has(one) && !this.#refused.has(one));
    for (const directory of fresh) this.#watch(directory);
    return fresh.length > 0;
  }

  /** Resolves at a sign of change, after a while, or at once when `stop` is aborted. */
  async next(stop: AbortSignal): Promise<void> {
    if (!this.#changed && !stop.aborted) {
      let wake = (): void => undefined;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      this.#sign = wake;
      stop.addEventListener('abort', wake);
      const timer = setTimeout(wake, this.#refused.size === 0 ? SLOW_MS : FAST_MS);
      await woken;
      clearTimeout(timer);
      stop.removeEventListener('abort', wake);
    }
    this.#sign = undefined;
    this.#changed = false;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(directory: string): void {
    const refuse = (): void => {
      this.#watchers.get(directory)?.close();
      this.#watchers.delete(directory);
      this.#refused.add(directory);
    };
    try {
      const watcher = watch(directory, { persistent: false }, () => {
        this.#changed = true;
        this.#sign?.();
      });
      this.#watchers.set(directory, watcher.on('error', refuse));
    } catch {
      // No watches left, or a file system that has none: then the clock alone decides.
      refuse();
    }
  }
}
