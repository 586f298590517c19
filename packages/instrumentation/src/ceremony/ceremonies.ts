// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type ErrorType,
  EVENT_STEP_UP_CHALLENGED,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_REQUIRED,
} from '@stepseal/core/semconv';
import { type HttpFacts, httpFacts } from '../http/http-facts.ts';
import { headerFields } from '../http/response-header.ts';
import { parseStepUpChallenge, type StepUpChallenge } from '../http/step-up-challenge.ts';
import type { Subject } from '../identity/subject.ts';
import type { SubjectReader } from '../identity/subject-reader.ts';
import { challengedSentence, refusedSentence, requiredSentence } from '../sentences.ts';
import { type Accesses, HTTP_LIBRARY } from './accesses.ts';
import type { Ceremony, Requirement } from './ceremony.ts';
import type { CeremonyBook } from './ceremony-book.ts';
import { durationOf } from './duration.ts';
import type { Endings } from './endings.ts';
import type { PendingChallenge, RequestFrame } from './frame.ts';
import type { GuardedRoutes } from './guarded-routes.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import type { CaptureCounts, Teller } from './teller.ts';
import { triggerOf } from './trigger.ts';

export type { CaptureCounts } from './teller.ts';

export interface CeremoniesParts {
  readonly book: CeremonyBook;
  readonly store: CeremonyStore;
  readonly endings: Endings;
  readonly accesses: Accesses;
  readonly routes: GuardedRoutes;
  readonly subjects: SubjectReader;
  readonly teller: Teller;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** What a service says with a status, where answers are checked, of a step-up that waits for one. */
const REFUSALS: ReadonlyMap<number, { readonly outcome: 'locked_out' | 'expired'; readonly errorType: ErrorType }> =
  new Map([
    [410, { outcome: 'expired', errorType: 'expired' }],
    [423, { outcome: 'locked_out', errorType: 'locked_out' }],
    [429, { outcome: 'locked_out', errorType: 'rate_limited' }],
  ]);

/** Turns what was seen into the records of step-ups: which one it belongs to, and what it means there. */
export class Ceremonies {
  readonly #parts: CeremoniesParts;

  constructor(parts: CeremoniesParts) {
    this.#parts = parts;
  }

  get counts(): CaptureCounts {
    return this.#parts.teller.counts;
  }

  /** @param aborted the connection closed before the response was handed to it in full. */
  responseEnded(frame: RequestFrame, aborted: boolean): void {
    const { response } = frame;
    // Nothing was decided before the client went away.
    if (aborted && !response.headersSent) return;
    if (frame.proved !== undefined) this.#noteRenewal(frame, frame.proved);
    const status = response.statusCode;
    const challenge = status === 401 ? parseStepUpChallenge(headerFields(response, 'www-authenticate')) : undefined;
    if (challenge !== undefined) this.#demanded(frame, challenge, aborted);
    else if (frame.challenges.length > 0) this.#offered(frame);
    else if (status === 403 || (status >= 200 && status < 300)) this.#parts.accesses.decided(frame);
    else if (REFUSALS.has(status)) this.#refused(frame);
  }

  /** A 401 of RFC 9470. A challenge made in the same request belongs to it. */
  #demanded(frame: RequestFrame, challenge: StepUpChallenge, aborted: boolean): void {
    const { accesses, book, nowMs, store, subjects, teller } = this.#parts;
    const subject = subjects.read(frame.request, frame.peerAddress);
    const http = httpFacts(frame.request, frame.response.statusCode);
    const requirement: Requirement = { acrValues: challenge.acrValues, maxAgeS: challenge.maxAgeS };
    const facts = { subject, requirement, actionName: http.actionName };
    accesses.refusedAgain(frame, subject, http);
    const pending = frame.challenges.at(-1);
    // What the service itself told of this request comes first.
    const told = frame.told?.ceremony;
    const ceremony =
      told ?? (pending === undefined ? book.ofSession(facts) : book.ofChallenge(pending.call.challenge, facts));
    // A service may offer several ways to answer; whichever is taken belongs to this demand.
    const others = told === undefined ? frame.challenges.slice(0, -1) : frame.challenges;
    for (const { call } of others) book.rememberChallenge(call.challenge, ceremony);
    ceremony.startedAtMs ??= nowMs();
    ceremony.startedWallMs ??= store.parts.now();
    const trigger = triggerOf(requirement, subject.claims);
    const required = teller.draft(EVENT_STEP_UP_REQUIRED, {
      basis: { ceremony, subject, http, ...HTTP_LIBRARY },
      detail: {
        action: 'STEP_UP_REQUIRE',
        auditOutcome: aborted ? 'unknown' : 'success',
        triggerReason: trigger.reason,
        triggerDetail: trigger.detail,
      },
      body: requiredSentence(http.actionName, requirement, aborted),
      raw: { request: frame.request, response: frame.response },
    });
    if (pending !== undefined) this.#begin(ceremony, pending);
    accesses.demanded(frame, ceremony, subject, http, requirement);
    // Before it is told: of what was told an end must come, whatever happens to this process.
    store.opened(ceremony, required.attributes);
    if (frame.told?.calls.has('required') !== true) teller.send(required, frame);
    if (pending !== undefined) this.#challenged(frame, pending, ceremony, subject, http, true);
  }

  /** Challenges made without a 401: for the step-up that the session has open, or, with no user known, a sign-in. */
  #offered(frame: RequestFrame): void {
    const subject = this.#parts.subjects.read(frame.request, frame.peerAddress);
    const told = frame.told?.ceremony;
    if (subject.userHash === undefined && told === undefined) {
      this.counts.signIns += frame.challenges.length;
      return;
    }
    const http = httpFacts(frame.request, frame.response.statusCode);
    const facts = { subject, requirement: undefined, actionName: undefined };
    for (const pending of frame.challenges) {
      const ceremony = told ?? this.#parts.book.ofSession(facts);
      this.#parts.book.rememberChallenge(pending.call.challenge, ceremony);
      this.#begin(ceremony, pending);
      this.#challenged(frame, pending, ceremony, subject, http, false);
    }
  }

  /** The step-up waits for an answer to this challenge from now on. */
  #begin(ceremony: Ceremony, { call, issuedAtMs }: PendingChallenge): void {
    const { nowMs, store } = this.#parts;
    ceremony.method = call.method;
    ceremony.startedAtMs = issuedAtMs;
    ceremony.startedWallMs = store.parts.now() - Math.round(nowMs() - issuedAtMs);
    if (call.lifetimeMs !== undefined) ceremony.expiresWallMs = ceremony.startedWallMs + call.lifetimeMs;
  }

  #challenged(
    frame: RequestFrame,
    { call }: PendingChallenge,
    ceremony: Ceremony,
    subject: Subject,
    http: HttpFacts,
    opened: boolean,
  ): void {
    const { store, teller } = this.#parts;
    const draft = teller.draft(EVENT_STEP_UP_CHALLENGED, {
      basis: { ceremony, subject, http, library: call.library, libraryVersion: call.libraryVersion },
      detail: { action: 'STEP_UP_CHALLENGE', auditOutcome: 'success', phishingResistant: true },
      body: challengedSentence(ceremony.actionName, call.method),
      raw: {
        request: frame.request,
        response: frame.response,
        libraryArguments: call.arguments,
        libraryResult: call.result,
      },
    });
    if (!opened) store.opened(ceremony, draft.attributes);
    if (frame.told?.calls.has('challenged') !== true) teller.send(draft, frame);
  }

  /** Where answers are checked the service says no to the one who has a step-up open, whatever he would answer. */
  #refused(frame: RequestFrame): void {
    const { book, endings, nowMs, routes, store, subjects, teller } = this.#parts;
    const { request, response } = frame;
    const refusal = REFUSALS.get(response.statusCode);
    if (refusal === undefined) return;
    const http = httpFacts(request, response.statusCode);
    if (frame.answered === undefined && !routes.checksAnswers(request, http)) return;
    const subject = subjects.read(request, frame.peerAddress);
    // Whoever can end a step-up with a name alone takes its true end away from its user.
    if (frame.answered === undefined && !subject.isVouchedFor) return;
    const ceremony = frame.answered ?? book.pending(subject);
    if (ceremony === undefined || store.ended(ceremony) !== undefined) return;
    const draft = teller.draft(EVENT_STEP_UP_COMPLETED, {
      basis: { ceremony, subject, http, ...HTTP_LIBRARY },
      detail: {
        action: 'STEP_UP_VERIFY',
        auditOutcome: 'failure',
        outcome: refusal.outcome,
        errorType: refusal.errorType,
        ...durationOf(ceremony, nowMs(), store.parts.now()),
        ...(ceremony.answers > 0 ? { attemptNumber: ceremony.answers } : {}),
      },
      body: refusedSentence(ceremony.actionName, refusal.outcome),
      raw: { request, response },
    });
    endings.end(ceremony, refusal.outcome, draft, frame);
  }

  /** The session may have got a new id with the proof; the refused request will come back under that. */
  #noteRenewal(frame: RequestFrame, proved: Subject): void {
    const next = this.#parts.subjects.nextJoinId(frame.request, frame.response);
    if (next === undefined || proved.joinId === undefined || next === proved.joinId) return;
    this.#parts.book.renewed(next, { formerJoinId: proved.joinId, formerSessionHash: proved.sessionHash });
  }
}
