// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { Due } from './due.ts';

const FIRST_MS = 100;
const LAST_MS = 5_000;

/** Another try after a failure: soon at first, and then ever later, until one succeeds. */
export class Retry {
  readonly #due: Due;
  #ms: number = FIRST_MS;

  constructor(act: () => void) {
    this.#due = new Due(act);
  }

  /** There will be one, if it is not already to come. */
  later(): void {
    if (this.#due.set) return;
    this.#due.in(this.#ms);
    this.#ms = Math.min(this.#ms * 2, LAST_MS);
  }

  succeeded(): void {
    this.#ms = FIRST_MS;
  }

  cancel(): void {
    this.#due.cancel();
  }
}
