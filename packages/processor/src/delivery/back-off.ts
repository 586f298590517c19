// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Bounds of the pause after a failure, in milliseconds. */
export interface BackOffLimits {
  /** Upper end of the first pause; it doubles with each failure in a row. */
  readonly firstMs: number;
  /** Upper end of a pause when the receiver is down or busy. */
  readonly lastMs: number;
  /** Upper end of a pause when the endpoint itself is wrong. */
  readonly faultMs: number;
}

export const BACK_OFF: BackOffLimits = { firstMs: 1_000, lastMs: 30_000, faultMs: 60_000 };

/** What a receiver may ask for at most. */
const RETRY_AFTER_MS = 300_000;

/** Pauses between attempts: full jitter, so that many senders do not come back in step. There is no last attempt. */
export class BackOff {
  readonly #limits: BackOffLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor(limits: BackOffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Milliseconds until the next attempt. */
  next(fault: boolean, retryAfterMs: number | undefined): number {
    const { firstMs, lastMs, faultMs } = this.#limits;
    const most = Math.min(firstMs * 2 ** Math.min(this.#failures++, 30), fault ? faultMs : lastMs);
    if (retryAfterMs !== undefined) return Math.min(retryAfterMs, RETRY_AFTER_MS);
    return Math.ceil(this.#random() * most);
  }

  succeeded(): void {
    this.#failures = 0;
  }
}

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). Anything else counts as not there.
 *
 * @param nowMs wall milliseconds
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes much more than HTTP dates; all three forms of those begin with the day's name.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
