// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Endings } from './endings.ts';
import type { GuardedRoutes } from './guarded-routes.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import { ceremonyOf, type DoneValue, type OpenValue } from './store/entry-values.ts';

/** Entries of one kind looked at in one round. */
const PER_ROUND = 256;
const MAX_EVERY_MS = 5_000;
const MIN_EVERY_MS = 50;
/** A claim whose owner cannot be asked about, or that nobody can read, is taken for given up after this time. */
const SILENT_MS = 150_000;
/** A claim whose owner lives is looked up in the segments this often: its record may wait in his memory. */
const ASK_AGAIN_MS = 60_000;
/** An entry older than the markers are kept may have been brought back: the segments know. */
const OLD_MS = 23 * 3_600_000;
/** Clocks of one machine, and the time from a claim to its record. */
const LEEWAY_MS = 60_000;
/** Threads that took over an end and died over it, one after the other. */
const MAX_CLAIMS = 99;

export interface ClosingsParts {
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly routes: GuardedRoutes;
  /** Looks for the end of a step-up in the segments written since. */
  readonly isTold: (id: string, sinceMs: number) => Promise<boolean>;
  readonly failed: (error: unknown) => void;
}

/**
 * Ends what nobody ended: step-ups whose time ran out, and ends that were claimed and never told. One timer a thread,
 * which keeps no process alive; every living thread of a data directory has one, and the claim of an end decides.
 */
export class Closings {
  readonly #parts: ClosingsParts;
  readonly #everyMs: number;
  readonly #askedMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #open = false;

  constructor(parts: ClosingsParts) {
    this.#parts = parts;
    const { abandonAfterMs } = parts.store.parts;
    this.#everyMs = Math.min(MAX_EVERY_MS, Math.max(MIN_EVERY_MS, Math.floor(abandonAfterMs / 4)));
  }

  start(): void {
    this.#open = true;
    this.#schedule(Math.min(this.#everyMs, 250));
  }

  stop(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.round().then(() => {
        if (this.#open) this.#schedule(this.#everyMs);
      });
    }, afterMs).unref();
  }

  /** Looks at some of the open step-ups. Never rejects. */
  async round(): Promise<void> {
    const { routes, store, failed } = this.#parts;
    try {
      await routes.refresh();
      for (const id of await store.entries.some('open', PER_ROUND)) {
        await this.#look(id);
      }
      // Looked at only so that old ones go.
      for (const kind of ['done', 'alias', 'session', 'demand', 'renewal'] as const) {
        await store.entries.some(kind, PER_ROUND);
      }
    } catch (error) {
      failed(error);
    }
  }

  async #look(id: string): Promise<void> {
    const { endings, store, isTold } = this.#parts;
    const open = store.entries.get('open', id) as OpenValue | undefined;
    if (open === undefined) return;
    const claim = this.#lastClaim(id);
    if (claim !== undefined) {
      await this.#settle(id, open, claim);
      return;
    }
    const now = store.parts.now();
    if (now < open.deadlineMs) return;
    // A power cut may have taken the claim and left the record; and a file may be put back by whoever has a copy.
    const doubtful = open.bootId !== store.self.bootId || now - open.openedMs > OLD_MS;
    if (doubtful && (await isTold(id, open.openedMs - LEEWAY_MS))) {
      store.entries.remove('open', id);
      return;
    }
    const { expiresMs } = open.ceremony;
    endings.close(open, expiresMs !== undefined && expiresMs <= now ? 'expired' : 'abandoned');
  }

  /** An end was claimed, and the step-up is still open: told or not, and by whom? */
  async #settle(id: string, open: OpenValue, claim: { number: number; value: DoneValue | undefined }): Promise<void> {
    const { endings, store, isTold } = this.#parts;
    const { number, value } = claim;
    const now = store.parts.now();
    if (value !== undefined && value.by.nonce === store.self.nonce) {
      // Ours: it was emitted in the same turn as it was claimed.
      store.told(id);
      return;
    }
    const sinceMs = Math.min(open.openedMs, value?.endedMs ?? now) - LEEWAY_MS;
    const owner = value === undefined ? 'unknown' : (store.parts.processes?.liveness(value.by) ?? 'unknown');
    if (owner === 'alive' || (owner === 'unknown' && now - (value?.endedMs ?? open.deadlineMs) < SILENT_MS)) {
      if (now - (value?.endedMs ?? now) < ASK_AGAIN_MS || now - (this.#askedMs.get(id) ?? 0) < ASK_AGAIN_MS) return;
      this.#asked(id, now);
      if (await isTold(id, sinceMs)) store.entries.remove('open', id);
      return;
    }
    // A power cut may take the content of a claim. Then how it ended is not known, but that it did is.
    const taken = value ?? store.doneValue(ceremonyOf(open.ceremony), 'error', endings.lostRecord(open));
    if (number >= MAX_CLAIMS || !store.takeOver(id, number + 1, taken)) return;
    // Only now, as the one who may tell: nobody else adds to what is found.
    if (await isTold(id, sinceMs)) store.entries.remove('open', id);
    else {
      endings.tellAgain(taken);
      store.told(id);
    }
  }

  #lastClaim(id: string): { number: number; value: DoneValue | undefined } | undefined {
    const { entries } = this.#parts.store;
    let last: { number: number; value: DoneValue | undefined } | undefined;
    for (let number = 1; number <= MAX_CLAIMS; number += 1) {
      const name = number === 1 ? id : `${id}.${number}`;
      if (!entries.has('done', name)) break;
      last = { number, value: entries.get('done', name) as DoneValue | undefined };
    }
    return last;
  }

  #asked(id: string, now: number): void {
    if (this.#askedMs.size > 1_000) this.#askedMs.clear();
    this.#askedMs.set(id, now);
  }
}
