// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type ErrorType,
  EVENT_STEP_UP_ATTEMPTED,
  EVENT_STEP_UP_COMPLETED,
  type StepUpOutcome,
} from '@stepseal/core/semconv';
import type { EventBasis, EventDetail } from '../events.ts';
import { httpFacts } from '../http/http-facts.ts';
import { NOBODY, type Subject } from '../identity/subject.ts';
import type { SubjectReader } from '../identity/subject-reader.ts';
import { answerSentence } from '../sentences.ts';
import type { Ceremony } from './ceremony.ts';
import { type CeremonyBook, isForeign } from './ceremony-book.ts';
import { durationOf } from './duration.ts';
import type { Endings } from './endings.ts';
import type { RequestFrame } from './frame.ts';
import type { GuardedRoutes } from './guarded-routes.ts';
import type { AnswerChecked } from './observation.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import type { Tale, Teller } from './teller.ts';

export interface AnswersParts {
  readonly book: CeremonyBook;
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly routes: GuardedRoutes;
  readonly subjects: SubjectReader;
  readonly teller: Teller;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** Verdicts on an answer that end a step-up in a way of their own. */
const ENDS: Partial<Record<ErrorType, StepUpOutcome>> = {
  expired: 'expired',
  locked_out: 'locked_out',
  user_declined: 'denied',
};

/** Tells of answers that were checked: whose step-up each belongs to, and whether it ends it. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** An answer is told as soon as it is checked, before the service acts on it. */
  checked(frame: RequestFrame | undefined, call: AnswerChecked): void {
    const { store, endings, routes, subjects, teller } = this.#parts;
    const subject = frame === undefined ? NOBODY : subjects.read(frame.request, frame.peerAddress);
    const ceremony = this.#ceremonyOfAnswer(call, subject);
    if (ceremony === undefined) {
      teller.counts.signIns += 1;
      return;
    }
    if (frame !== undefined) {
      routes.answered(frame.request);
      frame.answered = ceremony;
      if (call.outcome === 'passed') frame.proved = subject;
    }
    const answeredBefore = store.ended(ceremony);
    store.countAnswer(ceremony);
    ceremony.method ??= call.method;
    const outcome = (call.outcome === 'failed' && call.errorType && ENDS[call.errorType]) || call.outcome;
    const tale = (ends: boolean): Tale => this.#answerTale(frame, call, ceremony, subject, ends ? outcome : undefined);
    if (answeredBefore === undefined && endsWith(call, ceremony, outcome)) {
      if (endings.end(ceremony, outcome, teller.draft(EVENT_STEP_UP_COMPLETED, tale(true)), frame)) return;
    }
    const draft = teller.draft(EVENT_STEP_UP_ATTEMPTED, tale(false));
    store.opened(ceremony, draft.attributes);
    teller.send(draft, frame);
  }

  /** @param outcome absent where the step-up goes on, or had ended before */
  #answerTale(
    frame: RequestFrame | undefined,
    call: AnswerChecked,
    ceremony: Ceremony,
    subject: Subject,
    outcome: StepUpOutcome | undefined,
  ): Tale {
    const errorType = this.#errorType(call, ceremony);
    const basis: EventBasis = {
      ceremony,
      subject,
      http: frame === undefined ? undefined : httpFacts(frame.request, undefined),
      library: call.library,
      libraryVersion: call.libraryVersion,
    };
    const detail: EventDetail = {
      action: 'STEP_UP_VERIFY',
      auditOutcome: call.outcome === 'passed' ? 'success' : 'failure',
      ...(outcome === undefined ? {} : { outcome }),
      errorType,
      ...durationOf(ceremony, this.#parts.nowMs(), this.#parts.store.parts.now()),
      attemptNumber: ceremony.answers,
      method: call.method,
      // A code says nothing of the demand that it answers, not even where the demand's own id is derived.
      correlation: call.challenge === undefined ? 'inferred' : undefined,
      phishingResistant: call.phishingResistant,
      userVerified: call.userVerified,
      deviceType: call.deviceType,
      backedUp: call.backedUp,
    };
    return {
      basis,
      detail,
      body: answerSentence(call.outcome, errorType, call.userVerified, call.method),
      raw: {
        request: frame?.request,
        response: frame?.response,
        libraryArguments: call.arguments,
        libraryResult: call.result,
        libraryError: call.error,
      },
    };
  }

  /** A refused answer to a challenge that was answered before, or that carries one, was used before. */
  #errorType(call: AnswerChecked, ceremony: Ceremony): ErrorType | undefined {
    if (call.outcome !== 'failed') return call.errorType;
    const { outcome } = ceremony;
    if (outcome === 'expired' || outcome === 'abandoned') return 'expired';
    if (outcome !== undefined && call.challenge !== undefined) return 'replayed';
    return this.#parts.book.answeredBefore(call.answeredChallenge) ? 'replayed' : call.errorType;
  }

  #ceremonyOfAnswer(call: AnswerChecked, subject: Subject): Ceremony | undefined {
    const { book } = this.#parts;
    const known = call.challenge === undefined ? undefined : book.knownByChallenge(call.challenge);
    const facts = { subject, requirement: undefined, actionName: undefined };
    if (known !== undefined) {
      // Somebody else's answer with this challenge does not end its owner's step-up.
      return isForeign(known, subject) ? book.ofSession(facts) : known;
    }
    if (subject.userHash === undefined) return undefined;
    if (call.challenge !== undefined) return book.ofChallenge(call.challenge, facts);
    // A code that was used before begins nothing new.
    const last = call.errorType === 'replayed' ? book.lastOf(subject) : undefined;
    return last ?? book.ofSession(facts);
  }
}

/**
 * One answer ends a WebAuthn ceremony. Where only the session ties answers together, and where the answer is a code, a
 * refused one may be followed by another for the same demand.
 */
function endsWith(call: AnswerChecked, ceremony: Ceremony, outcome: StepUpOutcome): boolean {
  if (outcome === 'passed' || outcome === 'denied' || outcome === 'locked_out') return true;
  return ceremony.correlation === 'derived' && call.challenge !== undefined;
}
