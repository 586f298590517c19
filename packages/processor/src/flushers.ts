// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Stream } from './stream.ts';

interface Flusher {
  readonly stream: Stream;
  readonly size: number;
  done(): void;
}

/** Those who wait for a note. */
export class Flushers {
  #waiting: Flusher[] = [];

  /** Resolves when the note of that size is in the file, or cannot be. */
  wait(stream: Stream, size: number): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ stream, size, done });
    });
  }

  /** The note is written. Whoever waits for another stream's waits in vain: that stream is over. */
  noted(stream: Stream, size: number): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const flusher of waiting) {
      if (flusher.stream !== stream || flusher.size <= size) flusher.done();
      else this.#waiting.push(flusher);
    }
  }

  /** Nobody's note comes, or all have come. */
  releaseAll(): void {
    for (const { done } of this.#waiting.splice(0)) done();
  }
}
