// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * A deadline that comes once and can be set again cheaply. It never keeps the process alive: at a natural end the exit
 * hooks do what it would have done.
 */
export class Due {
  readonly #act: () => void;
  #timer: NodeJS.Timeout | undefined;
  #ms = -1;
  #set = false;

  constructor(act: () => void) {
    this.#act = act;
  }

  /** Whether it is still to come. */
  get set(): boolean {
    return this.#set;
  }

  /** Comes in so many milliseconds, whatever was set before. The same delay each time is the cheap case. */
  in(ms: number): void {
    this.#set = true;
    const timer = this.#timer;
    if (timer !== undefined && this.#ms === ms) {
      timer.refresh();
      return;
    }
    clearTimeout(timer);
    this.#ms = ms;
    this.#timer = setTimeout(() => {
      this.#set = false;
      this.#act();
    }, ms).unref();
  }

  /** Does not come. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#set = false;
  }
}
