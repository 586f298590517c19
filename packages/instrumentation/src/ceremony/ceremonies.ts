// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Context } from '@opentelemetry/api';
import {
  EVENT_STEP_UP_ACCESS,
  EVENT_STEP_UP_ATTEMPTED,
  EVENT_STEP_UP_CHALLENGED,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_REQUIRED,
} from '@stepseal/core/semconv';
import { type Disclosure, type DraftRecord, type EventBasis, type EventDetail, stepUpAttributes } from '../events.ts';
import { type HttpFacts, httpFacts, requestKey } from '../http/http-facts.ts';
import { headerFields } from '../http/response-header.ts';
import { parseStepUpChallenge, type StepUpChallenge } from '../http/step-up-challenge.ts';
import { NOBODY, type Subject } from '../identity/subject.ts';
import type { SubjectReader } from '../identity/subject-reader.ts';
import { accessSentence, answerSentence, challengedSentence, requiredSentence } from '../sentences.ts';
import { type Ceremony, meets, type Requirement } from './ceremony.ts';
import type { CeremonyBook, Demand } from './ceremony-book.ts';
import type { PendingChallenge, RequestFrame } from './frame.ts';
import type { AnswerChecked, RawObservation } from './observation.ts';
import { triggerOf } from './trigger.ts';

const HTTP_LIBRARY = { library: 'node:http', libraryVersion: process.versions.node };

/** Counted since the start of the process. */
export interface CaptureCounts {
  /** Records emitted. */
  records: number;
  /** Records without a known user: `identity.user` may want another path. */
  unknownUser: number;
  /** Passkey challenges and answers of requests without a known user, taken for sign-ins and not recorded. */
  signIns: number;
}

export interface CeremoniesParts {
  readonly book: CeremonyBook;
  readonly subjects: SubjectReader;
  readonly disclosure: Disclosure;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly emit: (draft: DraftRecord, context: Context | undefined) => void;
}

/** Turns what was seen into the records of step-ups: which one it belongs to, and what it means there. */
export class Ceremonies {
  readonly counts: CaptureCounts = { records: 0, unknownUser: 0, signIns: 0 };
  readonly #parts: CeremoniesParts;

  constructor(parts: CeremoniesParts) {
    this.#parts = parts;
  }

  /** An answer is told as soon as it is checked, before the service acts on it. */
  answerChecked(frame: RequestFrame | undefined, call: AnswerChecked): void {
    const subject = frame === undefined ? NOBODY : this.#parts.subjects.read(frame.request, frame.peerAddress);
    const ceremony = this.#ceremonyOfAnswer(call, subject);
    if (ceremony === undefined) {
      this.counts.signIns += 1;
      return;
    }
    ceremony.answers += 1;
    ceremony.method ??= call.method;
    // One answer ends a WebAuthn ceremony, and a ceremony ends once. Where only the session ties answers together,
    // a refused one may be followed by another for the same demand.
    const ends = ceremony.outcome === undefined && (ceremony.correlation === 'derived' || call.outcome === 'passed');
    if (ends) ceremony.outcome = call.outcome;
    if (frame !== undefined && call.outcome === 'passed') frame.proved = subject;
    const { challengedAtMs } = ceremony;
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
      ...(ends ? { outcome: call.outcome } : {}),
      errorType: call.errorType,
      durationMs: challengedAtMs === undefined ? undefined : Math.round(this.#parts.nowMs() - challengedAtMs),
      // Issued in another process: the time lies between that process's record and this one, for the reader to pair.
      durationSource: challengedAtMs === undefined ? 'paired' : 'local',
      attemptNumber: ceremony.answers,
      phishingResistant: call.phishingResistant,
      userVerified: call.userVerified,
      deviceType: call.deviceType,
      backedUp: call.backedUp,
    };
    const sentence = answerSentence(call.outcome, call.errorType, call.userVerified, call.method);
    this.#tell(ends ? EVENT_STEP_UP_COMPLETED : EVENT_STEP_UP_ATTEMPTED, sentence, basis, detail, frame, {
      request: frame?.request,
      response: frame?.response,
      libraryArguments: call.arguments,
      libraryResult: call.result,
      libraryError: call.error,
    });
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
    else if (this.#parts.book.awaitsRetries && (status === 403 || (status >= 200 && status < 300)))
      this.#retried(frame);
  }

  /** A 401 of RFC 9470. A challenge made in the same request belongs to it. */
  #demanded(frame: RequestFrame, challenge: StepUpChallenge, aborted: boolean): void {
    const { book, subjects } = this.#parts;
    const subject = subjects.read(frame.request, frame.peerAddress);
    const http = httpFacts(frame.request, frame.response.statusCode);
    const requirement: Requirement = { acrValues: challenge.acrValues, maxAgeS: challenge.maxAgeS };
    const facts = { subject, requirement, actionName: http.actionName };
    const key = requestKey(frame.request);
    if (subject.joinId !== undefined) {
      const older = book.demand(subject.joinId, key);
      if (older !== undefined) this.#accessed(frame, older.ceremony, subject, http, 'blocked', false);
    }
    const pending = frame.challenges.at(-1);
    const ceremony = pending === undefined ? book.ofSession(facts) : book.ofChallenge(pending.call.challenge, facts);
    // A service may offer several ways to answer; whichever is taken belongs to this demand.
    for (const { call } of frame.challenges.slice(0, -1)) book.rememberChallenge(call.challenge, ceremony);
    if (subject.joinId !== undefined) {
      const length = frame.request.headers['content-length'];
      const demandedAtS = Math.floor(frame.startedAtMs / 1000);
      book.setDemand(subject.joinId, key, { ceremony, demandedAtS, length, unmetTold: false });
    }
    const trigger = triggerOf(requirement, subject.claims);
    this.#tell(
      EVENT_STEP_UP_REQUIRED,
      requiredSentence(http.actionName, requirement, aborted),
      { ceremony, subject, http, ...HTTP_LIBRARY },
      {
        action: 'STEP_UP_REQUIRE',
        auditOutcome: aborted ? 'unknown' : 'success',
        triggerReason: trigger.reason,
        triggerDetail: trigger.detail,
      },
      frame,
      { request: frame.request, response: frame.response },
    );
    if (pending !== undefined) this.#challenged(frame, pending, ceremony, subject, http);
  }

  /** Challenges made without a 401: for the step-up that the session has open, or, with no user known, a sign-in. */
  #offered(frame: RequestFrame): void {
    const subject = this.#parts.subjects.read(frame.request, frame.peerAddress);
    if (subject.userHash === undefined) {
      this.counts.signIns += frame.challenges.length;
      return;
    }
    const http = httpFacts(frame.request, frame.response.statusCode);
    for (const pending of frame.challenges) {
      const ceremony = this.#parts.book.ofSession({ subject, requirement: undefined, actionName: undefined });
      this.#parts.book.rememberChallenge(pending.call.challenge, ceremony);
      this.#challenged(frame, pending, ceremony, subject, http);
    }
  }

  #challenged(
    frame: RequestFrame,
    pending: PendingChallenge,
    ceremony: Ceremony,
    subject: Subject,
    http: HttpFacts,
  ): void {
    const { call } = pending;
    ceremony.method = call.method;
    ceremony.challengedAtMs = pending.issuedAtMs;
    this.#tell(
      EVENT_STEP_UP_CHALLENGED,
      challengedSentence(ceremony.actionName, call.method),
      { ceremony, subject, http, library: call.library, libraryVersion: call.libraryVersion },
      { action: 'STEP_UP_CHALLENGE', auditOutcome: 'success', phishingResistant: true },
      frame,
      {
        request: frame.request,
        response: frame.response,
        libraryArguments: call.arguments,
        libraryResult: call.result,
      },
    );
  }

  /** The session may have got a new id with the proof; the refused request will come back under that. */
  #noteRenewal(frame: RequestFrame, proved: Subject): void {
    const next = this.#parts.subjects.nextJoinId(frame.request, frame.response, proved);
    if (next === undefined || proved.joinId === undefined || next === proved.joinId) return;
    this.#parts.book.renewed(next, { formerJoinId: proved.joinId, formerSessionHash: proved.sessionHash });
  }

  /** A request that was refused before and now went through, or was refused for good. */
  #retried(frame: RequestFrame): void {
    const { book, subjects } = this.#parts;
    const subject = subjects.read(frame.request, frame.peerAddress);
    const key = requestKey(frame.request);
    if (subject.joinId === undefined) return;
    const renewal = book.renewalOf(subject.joinId);
    const joinId = renewal?.formerJoinId ?? subject.joinId;
    const demand = book.demand(joinId, key);
    if (demand === undefined) return;
    const http = httpFacts(frame.request, frame.response.statusCode);
    const { ceremony } = demand;
    const met = requirementMet(demand, subject, frame);
    if (frame.response.statusCode === 403) {
      book.dropDemand(joinId, key);
      this.#accessed(frame, ceremony, subject, http, 'blocked', met, renewal?.formerSessionHash);
      return;
    }
    if (met === false) {
      // Another request to the same place may need no proof (a small transfer). Only one that looks like the refused
      // one is told as going through without it, and the demand stays open for the one that brings the proof.
      if (demand.unmetTold || !looksLike(demand, frame)) return;
      demand.unmetTold = true;
    } else book.dropDemand(joinId, key);
    this.#accessed(frame, ceremony, subject, http, 'granted', met, renewal?.formerSessionHash);
  }

  #accessed(
    frame: RequestFrame,
    ceremony: Ceremony,
    subject: Subject,
    http: HttpFacts,
    result: 'granted' | 'blocked',
    requirementMet: boolean | undefined,
    previousSessionHash?: string,
  ): void {
    this.#tell(
      EVENT_STEP_UP_ACCESS,
      accessSentence(ceremony.actionName, result, requirementMet),
      { ceremony, subject, http, ...HTTP_LIBRARY },
      {
        action: 'ACCESS',
        auditOutcome: result === 'granted' ? 'success' : 'failure',
        accessResult: result,
        requirementMet,
        previousSessionHash,
        tokenAccepted: result === 'granted',
      },
      frame,
      { request: frame.request, response: frame.response },
    );
  }

  #ceremonyOfAnswer(call: AnswerChecked, subject: Subject): Ceremony | undefined {
    const { book } = this.#parts;
    const known = call.challenge === undefined ? undefined : book.knownByChallenge(call.challenge);
    const facts = { subject, requirement: undefined, actionName: undefined };
    if (known !== undefined) {
      // Somebody else's answer with this challenge does not end its owner's step-up.
      const foreign =
        known.userHash !== undefined && subject.userHash !== undefined && known.userHash !== subject.userHash;
      return foreign ? book.ofSession(facts) : known;
    }
    if (subject.userHash === undefined) return undefined;
    return call.challenge === undefined ? book.ofSession(facts) : book.ofChallenge(call.challenge, facts);
  }

  #tell(
    eventName: string,
    body: string,
    basis: EventBasis,
    detail: EventDetail,
    frame: RequestFrame | undefined,
    raw: RawObservation,
  ): void {
    this.counts.records += 1;
    if (basis.subject.userHash === undefined) this.counts.unknownUser += 1;
    const attributes = stepUpAttributes(basis, detail, this.#parts.disclosure);
    this.#parts.emit({ eventName, body, attributes, raw }, frame?.context);
  }
}

function requirementMet({ ceremony, demandedAtS }: Demand, subject: Subject, frame: RequestFrame): boolean | undefined {
  const { requirement, outcome } = ceremony;
  // The demand itself was answered. A service that remembers this in its session need not issue another token.
  if (outcome === 'passed') return true;
  const at = { requestedAtS: Math.floor(frame.startedAtMs / 1000), demandedAtS };
  return requirement === undefined ? undefined : meets(requirement, subject.claims, at);
}

function looksLike(demand: Demand, frame: RequestFrame): boolean {
  return demand.length === frame.request.headers['content-length'];
}
