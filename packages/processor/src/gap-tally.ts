// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Why records were lost, as `stepseal.gap.cause` says it. */
export type GapCause = 'write_error' | 'disk_full' | 'not_writable' | 'no_key' | 'refused' | 'overflow';

/** Loss of one cause that no gap record declares yet. Times are wall milliseconds. */
export interface Gap {
  readonly cause: GapCause;
  count: number;
  readonly eventNames: Set<string>;
  firstTimeMs: number;
  lastTimeMs: number;
}

/** Names listed at most; the count is exact all the same. */
const EVENT_NAMES = 32;

/** Counts what could not be sealed, until a signed gap record declares it. */
export class GapTally {
  readonly #gaps = new Map<GapCause, Gap>();

  get empty(): boolean {
    return this.#gaps.size === 0;
  }

  /** Records counted and not declared. */
  get count(): number {
    let count = 0;
    for (const gap of this.#gaps.values()) count += gap.count;
    return count;
  }

  add(cause: GapCause, eventName: string | undefined, timeMs: number): void {
    this.merge({
      cause,
      count: 1,
      eventNames: new Set(eventName === undefined ? [] : [eventName]),
      firstTimeMs: timeMs,
      lastTimeMs: timeMs,
    });
  }

  merge(gap: Gap): void {
    const known = this.#gaps.get(gap.cause);
    if (known === undefined) {
      this.#gaps.set(gap.cause, gap);
      return;
    }
    known.count += gap.count;
    known.firstTimeMs = Math.min(known.firstTimeMs, gap.firstTimeMs);
    known.lastTimeMs = Math.max(known.lastTimeMs, gap.lastTimeMs);
    for (const name of gap.eventNames) {
      if (known.eventNames.size < EVENT_NAMES) known.eventNames.add(name);
    }
  }

  /** The gap to declare next. */
  first(): Gap | undefined {
    return this.#gaps.values().next().value;
  }

  /** A gap record of that cause is in the file. */
  declared(cause: GapCause): void {
    this.#gaps.delete(cause);
  }
}
