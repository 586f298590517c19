// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT_STEP_UP_COMPLETED, type StepUpOutcome } from '@stepseal/core/semconv';
import type { DraftRecord } from '../events.ts';
import { closedSentence } from '../sentences.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts';
import type { Ceremony } from './ceremony.ts';
import type { RequestFrame } from './frame.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import { ceremonyOf, type DoneValue, type OpenValue } from './store/entry-values.ts';
import type { Teller } from './teller.ts';

/** Tells how step-ups end, each once over all processes that share a store. */
export class Endings {
  readonly #store: CeremonyStore;
  readonly #teller: Teller;

  constructor(store: CeremonyStore, teller: Teller) {
    this.#store = store;
    this.#teller = teller;
  }

  /**
   * @param draft the record of this end
   * @returns false when it had ended before, here or elsewhere; then nothing is told
   */
  end(ceremony: Ceremony, outcome: StepUpOutcome, draft: DraftRecord, frame: RequestFrame | undefined): boolean {
    if (!this.#store.end(ceremony, outcome, draft)) return false;
    // A crash at this line leaves a claim whose record is in no segment: the next thread tells it.
    this.#teller.send(draft, frame);
    this.#store.told(ceremony.id);
    return true;
  }

  /** The end of a step-up that nobody answered in time. */
  close(open: OpenValue, outcome: 'abandoned' | 'expired'): boolean {
    return this.end(ceremonyOf(open.ceremony), outcome, this.#closing(open, outcome), undefined);
  }

  /** An end that was claimed by a process that died before its record was in a file. */
  tellAgain({ record, endedMs }: DoneValue): void {
    const draft = { eventName: EVENT_STEP_UP_COMPLETED, ...record, raw: {}, timeMs: endedMs };
    this.#teller.send(draft, undefined);
  }

  /** What can be said of an end whose claim was lost in a power cut. */
  lostRecord(open: OpenValue): DoneValue['record'] {
    return this.#closing(open, 'error');
  }

  #closing(open: OpenValue, outcome: 'abandoned' | 'expired' | 'error'): DraftRecord {
    const { ceremony, about, deadlineMs } = open;
    const startedMs = ceremony.startedMs ?? open.openedMs;
    return {
      eventName: EVENT_STEP_UP_COMPLETED,
      body: closedSentence(ceremony.actionName, outcome),
      attributes: {
        'audit.actor.type': 'user',
        'step_up.source.layer': 'app',
        'step_up.action.name': ceremony.actionName,
        ...about,
        'audit.action': 'STEP_UP_CLOSE',
        'audit.outcome': outcome === 'error' ? 'unknown' : 'failure',
        'error.type': outcome === 'error' ? 'internal' : undefined,
        'step_up.attempt.number': ceremony.answers > 0 ? ceremony.answers : undefined,
        'step_up.correlation': ceremony.correlation,
        // Up to when its time ran out, not to when a process got round to saying so.
        'step_up.duration_ms': Math.max(0, deadlineMs - startedMs),
        'step_up.duration_source': 'derived',
        'step_up.id': ceremony.id,
        'step_up.method': ceremony.method,
        'step_up.outcome': outcome,
        'step_up.source.library': PACKAGE_NAME,
        'step_up.source.library_version': PACKAGE_VERSION,
      },
      raw: {},
    };
  }
}
