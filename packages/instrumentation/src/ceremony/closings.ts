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
/** After a round that was full of step-ups whose time is over. */
const SOON_MS = 50;
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

/** Kinds whose old entries go by being looked at; seldom, since they are old after a day. */
const AGEING = ['done', 'alias', 'session', 'demand', 'renewal'] as const;
const ROUNDS_PER_CLEANING = 12;
const CLEANED_PER_ROUND = 1_024;
const MAX_DEADLINES = 20_000;

/** A step-up whose end may stand in a segment. */
interface Doubt {
  readonly id: string;
  readonly sinceMs: number;
  readonly untold: () => void;
}

interface Claim {
  readonly number: number;
  /** Absent where nobody can read it. */
  readonly value: DoneValue | undefined;
}

export interface ClosingsParts {
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly routes: GuardedRoutes;
  /** Which of these step-ups have their end in a segment that was written since. */
  readonly toldOf: (ids: ReadonlySet<string>, sinceMs: number) => Promise<ReadonlySet<string>>;
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
  readonly #deadlines = new Map<string, number>();
  #rounds = 0;
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
    // One at a time, also where it was stopped and started while a round went on.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.round().then((more) => {
        if (this.#open) this.#schedule(more ? SOON_MS : this.#everyMs);
      });
    }, afterMs).unref();
  }

  /** Looks at some of the open step-ups. Never rejects. @returns whether many are waiting to be ended */
  async round(): Promise<boolean> {
    const { routes, store, failed } = this.#parts;
    try {
      await routes.refresh();
      const doubts: Doubt[] = [];
      const names = await store.entries.some('open', PER_ROUND);
      let overdue = 0;
      for (const id of names) if (this.#look(id, doubts)) overdue += 1;
      await this.#resolve(doubts);
      await this.#clean();
      return names.length >= PER_ROUND && overdue > 0;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  /** All at once: the segments are large, and after a crash there are many. */
  async #resolve(doubts: readonly Doubt[]): Promise<void> {
    if (doubts.length === 0) return;
    const { store, toldOf } = this.#parts;
    const sinceMs = Math.min(...doubts.map((doubt) => doubt.sinceMs)) - LEEWAY_MS;
    const told = await toldOf(new Set(doubts.map(({ id }) => id)), sinceMs);
    for (const { id, untold } of doubts) {
      if (told.has(id)) store.entries.remove('open', id);
      else untold();
    }
  }

  async #clean(): Promise<void> {
    const { entries } = this.#parts.store;
    this.#rounds += 1;
    for (const kind of AGEING) {
      if (this.#rounds % ROUNDS_PER_CLEANING === 1 || entries.crowded(kind))
        await entries.some(kind, CLEANED_PER_ROUND);
    }
  }

  /** @returns whether its time is over */
  #look(id: string, doubts: Doubt[]): boolean {
    const { endings, store } = this.#parts;
    // A deadline only ever moves away, so one that was read before need not be read again until it is there.
    const deadlineMs = this.#deadlines.get(id);
    if (deadlineMs !== undefined && store.parts.now() < deadlineMs && !store.entries.has('done', id)) return false;
    const open = store.entries.get('open', id) as OpenValue | undefined;
    if (open === undefined) return false;
    if (this.#deadlines.size > MAX_DEADLINES) this.#deadlines.clear();
    this.#deadlines.set(id, open.deadlineMs);
    const claim = this.#lastClaim(id);
    if (claim !== undefined) {
      this.#settle(id, open, claim, doubts);
      return false;
    }
    const now = store.parts.now();
    if (now < open.deadlineMs) return false;
    const { expiresMs } = open.ceremony;
    const close = (): void => {
      endings.close(open, expiresMs !== undefined && expiresMs <= now ? 'expired' : 'abandoned');
    };
    // A power cut may have taken the claim and left the record; and a file may be put back by whoever has a copy.
    const doubtful = open.bootId !== store.self.bootId || now - open.openedMs > OLD_MS;
    if (doubtful) doubts.push({ id, sinceMs: open.openedMs, untold: close });
    else close();
    return true;
  }

  /** An end was claimed, and the step-up is still open: told or not, and by whom? */
  #settle(id: string, open: OpenValue, { number, value }: Claim, doubts: Doubt[]): void {
    const { endings, store } = this.#parts;
    const now = store.parts.now();
    const ours = value !== undefined && value.by.nonce === store.self.nonce;
    if (ours && number === 1) {
      // It was emitted in the same turn as it was claimed.
      store.told(id);
      return;
    }
    const sinceMs = Math.min(open.openedMs, value?.endedMs ?? now);
    const owner = value === undefined ? 'unknown' : (store.parts.processes?.liveness(value.by) ?? 'unknown');
    const silentMs = now - (value?.endedMs ?? open.deadlineMs);
    if (!ours && (owner === 'alive' || (owner === 'unknown' && silentMs < SILENT_MS))) {
      if (silentMs < ASK_AGAIN_MS || now - (this.#askedMs.get(id) ?? 0) < ASK_AGAIN_MS) return;
      this.#asked(id, now);
      doubts.push({ id, sinceMs, untold: () => {} });
      return;
    }
    // A power cut may take the content of a claim. Then how it ended is not known, but that it did is.
    const taken = value ?? store.doneValue(ceremonyOf(open.ceremony), 'error', endings.lostRecord(open));
    if (!ours && (number >= MAX_CLAIMS || !store.takeOver(id, number + 1, taken))) return;
    // Looked up only now, as the one who may tell: nobody else adds to what is found.
    const tell = (): void => {
      endings.tellAgain(taken);
      store.told(id);
    };
    doubts.push({ id, sinceMs, untold: tell });
  }

  #lastClaim(id: string): Claim | undefined {
    const { entries } = this.#parts.store;
    let last: Claim | undefined;
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
