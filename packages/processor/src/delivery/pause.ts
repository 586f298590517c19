// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A wait that can be cut short. It never keeps the process alive. */
export class Pause {
  #timer: NodeJS.Timeout | undefined;
  #done: (() => void) | undefined;
  #hurried = false;
  #mayHurry = false;
  #ended = false;

  /** @param mayHurry whether {@link hurry} may cut it short: not when the other side asked for the time */
  for(ms: number, mayHurry: boolean): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#mayHurry = mayHurry && !this.#hurried;
      this.#done = resolve;
      this.#timer = setTimeout(() => this.#finish(), ms).unref();
      this.#hurried = false;
    });
  }

  /** Ends a pause under way, once: whoever is in a hurry need not be so again and again. */
  hurry(): void {
    if (!this.#mayHurry) return;
    this.#hurried = true;
    this.#finish();
  }

  /** No pause from now on. */
  end(): void {
    this.#ended = true;
    this.#finish();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#mayHurry = false;
    this.#done?.();
    this.#done = undefined;
  }
}
