// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What to send next: so many of the records at hand, or another record to ask the receiver with. */
export type NextLoad =
  | { readonly kind: 'records'; readonly from: number; readonly count: number }
  | { readonly kind: 'other' };

/** What a refusal led to. */
export type Conclusion = 'narrowed' | 'set-aside' | 'endpoint';

/** Records refused in a row, with none accepted between, after which it is the endpoint that refuses. */
const REFUSALS = 3;

/** Of so few records at hand each is asked with: all of them may be unwanted, and no other come for a long time. */
const EACH = 8;

/** Accepted loads after which a larger one is tried again. */
const GROW_AFTER = 64;

/**
 * Which of the records at hand the receiver does not want. A refused load is halved until one record stands alone. It is
 * condemned only if, after it was refused alone, another record was accepted and this one refused alone once more: an
 * endpoint that refuses everything, or did so for a while, condemns nothing.
 *
 * Pure: it counts records at hand from 0 and knows nothing of them.
 */
export class Suspicion {
  readonly #most: number;
  /** Size of the largest load that is not too large as a whole, as far as known. */
  #size: number;
  #accepted = 0;
  /** Among so many records at the front at least one was refused; 0 without suspicion. */
  #suspects = 0;
  #stage: 'search' | 'probe' | 'confirm' = 'search';
  #refusals = 0;
  /** Records that there were when the next load was asked for. */
  #available = 0;
  readonly #random: () => number;

  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#size = most;
    this.#random = random;
  }

  next(available: number): NextLoad {
    this.#available = available;
    if (this.#stage === 'confirm') return { kind: 'records', from: 0, count: 1 };
    if (this.#stage === 'probe') return this.#probe(available);
    const most = Math.min(available, this.#size);
    const suspects = Math.min(this.#suspects, available);
    return { kind: 'records', from: 0, count: suspects === 0 ? most : Math.min(most, Math.ceil(suspects / 2)) };
  }

  /** Where there are few, one after the other: what comes meanwhile has its turn. Else the last one, then any. */
  #probe(available: number): NextLoad {
    const asked = this.#refusals;
    if (available <= asked) return { kind: 'other' };
    if (available <= EACH) return { kind: 'records', from: asked, count: 1 };
    // Neighbours are often alike.
    const from = asked === 1 ? available - 1 : 1 + Math.floor(this.#random() * (available - 1));
    return { kind: 'records', from, count: 1 };
  }

  /** The load was accepted. @returns how many records at the front are done with */
  accepted(count: number): number {
    this.#refusals = 0;
    if (++this.#accepted >= GROW_AFTER) {
      this.#accepted = 0;
      this.#size = Math.min(this.#most, this.#size * 2);
    }
    if (this.#stage === 'probe') {
      this.#stage = 'confirm';
      return 0;
    }
    this.#stage = 'search';
    this.#suspects = Math.max(0, this.#suspects - count);
    return count;
  }

  refused(count: number, tooLarge: boolean): Conclusion {
    if (this.#stage === 'confirm') {
      this.#stage = 'search';
      this.#suspects = 0;
      this.#refusals = 0;
      return 'set-aside';
    }
    if (count > 1) {
      this.#accepted = 0;
      if (tooLarge) this.#size = Math.ceil(count / 2);
      else this.#suspects = count;
      return 'narrowed';
    }
    this.#refusals++;
    // Where each was asked with, the other one is too.
    const enough = this.#available <= EACH ? Math.max(REFUSALS, this.#available + 1) : REFUSALS;
    if (this.#refusals < enough) {
      this.#stage = 'probe';
      this.#suspects = 1;
      return 'narrowed';
    }
    this.#refusals = 0;
    this.#stage = 'search';
    return 'endpoint';
  }

  /** The records at hand are others now. */
  forget(): void {
    this.#stage = 'search';
    this.#suspects = 0;
    this.#refusals = 0;
  }
}
