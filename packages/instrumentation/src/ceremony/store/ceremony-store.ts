// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StepUpOutcome } from '@stepseal/core/semconv';
import type { ProcessTable, ThreadIdentity } from '@stepseal/processor';
import type { DraftRecord } from '../../events.ts';
import type { Ceremony } from '../ceremony.ts';
import { aboutSubject, withoutClear } from './about.ts';
import type { Entries } from './entries.ts';
import {
  ceremonyOf,
  ceremonyValue,
  type DemandValue,
  type DoneValue,
  type IdValue,
  type OpenValue,
  type RenewalValue,
  type RouteValue,
  type SessionValue,
} from './entry-values.ts';

export interface CeremonyStoreParts {
  readonly entries: Entries;
  /** An open step-up that nobody answers ends after this time, in milliseconds. */
  readonly abandonAfterMs: number;
  /** Who is who among the threads of the data directory; absent where nothing is shared. */
  readonly processes: ProcessTable | undefined;
  /** Whether what was emitted so far has reached a file; while it has not, an end may have to be told again. */
  readonly settled: () => boolean;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/**
 * What outlives a request, and where there is a data directory also the process, about each step-up.
 *
 * Invariant: of all who would end a step-up, the one whose claim `done/<id>` was first tells the end. `open/<id>` is
 * there before that claim and goes only when the end is told, so that a claim whose owner died in between shows.
 */
export class CeremonyStore {
  readonly entries: Entries;
  readonly parts: CeremonyStoreParts;
  readonly self: ThreadIdentity;

  constructor(parts: CeremonyStoreParts) {
    this.parts = parts;
    this.entries = parts.entries;
    this.self = parts.processes?.self() ?? NO_THREAD;
  }

  /** Remembers, or remembers anew, a step-up that waits for an answer. */
  opened(ceremony: Ceremony, attributes: DraftRecord['attributes']): void {
    if (this.ended(ceremony) !== undefined) return;
    const known = this.entries.get('open', ceremony.id) as OpenValue | undefined;
    this.entries.put('open', ceremony.id, this.#openValue(ceremony, attributes, known));
  }

  /** The step-up of this id as another process, or this one before, left it. */
  find(id: string): Ceremony | undefined {
    const done = this.entries.get('done', id) as DoneValue | undefined;
    if (done !== undefined) return ceremonyOf(done.ceremony, done.outcome);
    const open = this.entries.get('open', id) as OpenValue | undefined;
    return open === undefined ? undefined : ceremonyOf(open.ceremony);
  }

  /** How it ended, in whatever process. */
  ended(ceremony: Ceremony): StepUpOutcome | undefined {
    ceremony.outcome ??= (this.entries.get('done', ceremony.id) as DoneValue | undefined)?.outcome;
    return ceremony.outcome;
  }

  /** Counts an answer, those that other processes checked included. */
  countAnswer(ceremony: Ceremony): void {
    const answers = this.find(ceremony.id)?.answers ?? 0;
    ceremony.answers = Math.max(ceremony.answers, answers) + 1;
  }

  /**
   * Claims the end of a step-up. Whoever gets true tells it at once and then calls {@link told}; a process that dies in
   * between leaves both entries behind, and the record with them.
   */
  end(ceremony: Ceremony, outcome: StepUpOutcome, record: DoneValue['record']): boolean {
    if (this.ended(ceremony) !== undefined) return false;
    if (this.entries.get('open', ceremony.id) === undefined) {
      this.entries.put('open', ceremony.id, this.#openValue(ceremony, record.attributes, undefined));
    }
    const first = this.entries.claim('done', ceremony.id, this.doneValue(ceremony, outcome, record));
    if (first) ceremony.outcome = outcome;
    else this.ended(ceremony);
    return first;
  }

  /** Claims an end anew whose winner died over it. */
  takeOver(id: string, number: number, value: DoneValue): boolean {
    return this.entries.claim('done', `${id}.${number}`, { ...value, by: this.self });
  }

  doneValue(ceremony: Ceremony, outcome: StepUpOutcome, record: DoneValue['record']): DoneValue {
    return {
      ceremony: ceremonyValue(ceremony),
      outcome,
      by: this.self,
      endedMs: this.parts.now(),
      record: { body: record.body, attributes: withoutClear(record.attributes) },
    };
  }

  /** The end is emitted. It stays open for as long as the record could still be lost with this process. */
  told(id: string): void {
    if (this.parts.settled()) this.entries.remove('open', id);
  }

  setAlias(hash: string, id: string): void {
    this.entries.put('alias', hash, { id } satisfies IdValue);
  }

  byAlias(hash: string): Ceremony | undefined {
    const alias = this.entries.get('alias', hash) as IdValue | undefined;
    return this.find(alias?.id ?? hash);
  }

  setPending(session: string, value: SessionValue): void {
    this.entries.put('session', session, value);
  }

  pending(session: string): { ceremony: Ceremony; authTimeS: number | undefined } | undefined {
    const value = this.entries.get('session', session) as SessionValue | undefined;
    const ceremony = value === undefined ? undefined : this.find(value.id);
    return ceremony === undefined ? undefined : { ceremony, authTimeS: value?.authTimeS };
  }

  setDemand(key: string, value: DemandValue): void {
    this.entries.put('demand', key, value);
  }

  demand(key: string): DemandValue | undefined {
    return this.entries.get('demand', key) as DemandValue | undefined;
  }

  dropDemand(key: string): void {
    this.entries.remove('demand', key);
  }

  setRenewal(joinId: string, value: RenewalValue): void {
    this.entries.put('renewal', joinId, value);
  }

  renewal(joinId: string): RenewalValue | undefined {
    return this.entries.get('renewal', joinId) as RenewalValue | undefined;
  }

  setRoute(key: string, value: RouteValue): void {
    this.entries.put('route', key, value);
  }

  route(key: string): RouteValue | undefined {
    return this.entries.get('route', key) as RouteValue | undefined;
  }

  #openValue(ceremony: Ceremony, attributes: DraftRecord['attributes'], known: OpenValue | undefined): OpenValue {
    const now = this.parts.now();
    return {
      ceremony: ceremonyValue(ceremony),
      bootId: this.self.bootId,
      openedMs: known?.openedMs ?? now,
      // A challenge that lives longer may still be answered.
      deadlineMs: Math.max(now + this.parts.abandonAfterMs, ceremony.expiresWallMs ?? 0),
      about: aboutSubject(attributes),
    };
  }
}

/** Where nothing is shared nobody asks who it was. */
const NO_THREAD: ThreadIdentity = {
  bootId: '',
  pidNamespace: '',
  pid: process.pid,
  processStart: '',
  threadId: 0,
  osThreadId: 0,
  threadStart: '',
  nonce: '',
};
