// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ProblemCode } from './types.ts';

const QUIET_MS = 60_000;

/** Passes on the first problem of each code a minute, so that a failing hook cannot flood the log. */
export class Problems {
  readonly #lastMs = new Map<string, number>();
  readonly #report: (code: ProblemCode, message: string) => void;
  readonly #nowMs: () => number;

  constructor(report: (code: ProblemCode, message: string) => void, nowMs: () => number) {
    this.#report = report;
    this.#nowMs = nowMs;
  }

  /**
   * @param about what it is about, where that comes from a short list: each is told for itself.
   * @returns whether it was passed on.
   */
  tell(code: ProblemCode, message: string, about = ''): boolean {
    const now = this.#nowMs();
    const key = `${code} ${about}`;
    const last = this.#lastMs.get(key);
    if (last !== undefined && now - last < QUIET_MS) return false;
    this.#lastMs.set(key, now);
    try {
      this.#report(code, message);
    } catch {
      // The application's own reporter failed: there is nobody left to tell, and the request goes on.
    }
    return true;
  }

  /** Runs a hook. What it throws is reported by kind, never by message, and never reaches the application. */
  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.tell(
        'CAPTURE_FAILED',
        `A hook failed with ${kindOf(error)}; the request went on, its record may be missing.`,
      );
    }
  }
}

/** Anything can be thrown, also what throws when it is looked at. */
function kindOf(error: unknown): string {
  try {
    return error instanceof Error ? error.constructor.name : typeof error;
  } catch {
    return 'what cannot be named';
  }
}
