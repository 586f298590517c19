// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Context } from '@opentelemetry/api';
import { type Disclosure, type DraftRecord, type EventBasis, type EventDetail, stepUpAttributes } from '../events.ts';
import type { RequestFrame } from './frame.ts';
import type { RawObservation } from './observation.ts';

/** Counted since the start of the process. */
export interface CaptureCounts {
  /** Records emitted. */
  records: number;
  /** Records without a known user: `identity.user` may want another path. */
  unknownUser: number;
  /** Passkey challenges and answers of requests without a known user, taken for sign-ins and not recorded. */
  signIns: number;
}

/** What is to be told, before it is one record or another. */
export interface Tale {
  readonly basis: EventBasis;
  readonly detail: EventDetail;
  readonly body: string;
  readonly raw: RawObservation;
}

/** Makes records of what was seen, counts them and passes them on. */
export class Teller {
  readonly counts: CaptureCounts = { records: 0, unknownUser: 0, signIns: 0 };
  readonly #disclosure: Disclosure;
  readonly #emit: (draft: DraftRecord, context: Context | undefined) => void;

  constructor(disclosure: Disclosure, emit: (draft: DraftRecord, context: Context | undefined) => void) {
    this.#disclosure = disclosure;
    this.#emit = emit;
  }

  draft(eventName: string, { basis, detail, body, raw }: Tale): DraftRecord {
    return { eventName, body, attributes: stepUpAttributes(basis, detail, this.#disclosure), raw };
  }

  send(draft: DraftRecord, frame: RequestFrame | undefined): void {
    this.counts.records += 1;
    if (draft.attributes['user.hash'] === undefined) this.counts.unknownUser += 1;
    this.#emit(draft, frame?.context);
  }

  tell(eventName: string, tale: Tale, frame: RequestFrame | undefined): void {
    this.send(this.draft(eventName, tale), frame);
  }
}
