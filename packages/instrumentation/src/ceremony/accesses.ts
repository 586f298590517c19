// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { EVENT_STEP_UP_ACCESS, EVENT_STEP_UP_EVALUATED } from '@stepseal/core/semconv';
import { type HttpFacts, httpFacts, requestKey } from '../http/http-facts.ts';
import { isSameShape, type RequestShape, shapeOf } from '../http/request-shape.ts';
import type { Subject } from '../identity/subject.ts';
import type { SubjectReader } from '../identity/subject-reader.ts';
import { accessSentence, notRequiredSentence } from '../sentences.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Ceremony, CLOCK_LEEWAY_S, meets, type Requirement } from './ceremony.ts';
import type { CeremonyBook, Demand } from './ceremony-book.ts';
import type { CeremonyIds } from './ceremony-id.ts';
import type { RequestFrame } from './frame.ts';
import type { GuardedRoutes } from './guarded-routes.ts';
import type { CeremonyStore } from './store/ceremony-store.ts';
import type { Teller } from './teller.ts';

export const HTTP_LIBRARY: { readonly library: string; readonly libraryVersion: string } = {
  library: 'node:http',
  libraryVersion: process.versions.node,
};

/** A proof that spared its user a step-up is told once for each action. */
const TOLD_LIMITS = { maxEntries: 10_000, maxAgeMs: 24 * 3_600_000 };

export interface AccessesParts {
  readonly book: CeremonyBook;
  readonly store: CeremonyStore;
  readonly ids: CeremonyIds;
  readonly routes: GuardedRoutes;
  readonly subjects: SubjectReader;
  readonly teller: Teller;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** What the service did with requests that it had refused before, or would have refused without a recent proof. */
export class Accesses {
  readonly #parts: AccessesParts;
  readonly #spared: BoundedMap<true>;

  constructor(parts: AccessesParts) {
    this.#parts = parts;
    this.#spared = new BoundedMap(TOLD_LIMITS, parts.nowMs);
  }

  /** A request was refused until its user proves himself; the demand waits for it to come again. */
  demanded(frame: RequestFrame, ceremony: Ceremony, subject: Subject, http: HttpFacts, requirement: Requirement): void {
    const { book, routes } = this.#parts;
    routes.demanded(frame.request, http, requirement);
    if (subject.joinId === undefined) return;
    const demandedAtS = Math.floor(frame.startedAtMs / 1000);
    const shape = this.#shape(frame);
    book.setDemand(subject.joinId, requestKey(frame.request), { ceremony, demandedAtS, shape, unmetTold: false });
  }

  /** The same request is refused once more: what came of the demand before. */
  refusedAgain(frame: RequestFrame, subject: Subject, http: HttpFacts): void {
    if (subject.joinId === undefined) return;
    const older = this.#parts.book.demand(subject.joinId, requestKey(frame.request));
    if (older !== undefined) this.#tell(frame, older.ceremony, subject, http, 'blocked', false);
  }

  /** A response that is neither a demand nor an error: was the request refused before, and what let it through? */
  decided(frame: RequestFrame): void {
    const { book, routes, subjects } = this.#parts;
    if (!routes.mayDemand(frame.request)) return;
    const subject = subjects.read(frame.request, frame.peerAddress);
    if (subject.joinId === undefined) return;
    // A refusal may come before anybody has looked at the token.
    if (frame.response.statusCode === 403 && !subject.isVouchedFor) return;
    const key = requestKey(frame.request);
    const renewal = book.renewalOf(subject.joinId);
    const joinId = renewal?.formerJoinId ?? subject.joinId;
    const demand = book.demand(joinId, key);
    const http = httpFacts(frame.request, frame.response.statusCode);
    if (demand === undefined) {
      if (frame.response.statusCode !== 403) this.#notRequired(frame, subject, http);
      return;
    }
    const { ceremony } = demand;
    const met = this.#requirementMet(demand, subject, frame);
    if (frame.response.statusCode === 403) {
      book.dropDemand(joinId, key);
      this.#tell(frame, ceremony, subject, http, 'blocked', met, renewal?.formerSessionHash);
      return;
    }
    if (met === true) book.dropDemand(joinId, key);
    else {
      // Another request to the same place may need no proof (a small transfer). Only the refused one itself is told as
      // going through without it, and the demand stays open for the one that brings the proof.
      if (demand.unmetTold || !isSameShape(demand.shape, this.#shape(frame))) return;
      book.setDemand(joinId, key, { ...demand, unmetTold: true });
    }
    this.#tell(frame, ceremony, subject, http, 'granted', met, renewal?.formerSessionHash);
  }

  /**
   * An action that has demanded a step-up went on without one, and the token shows why: it meets what was demanded last,
   * its proof was given before. Without a time of that proof in the token, or of an action without a route template,
   * which may be of many kinds, nothing is claimed.
   */
  #notRequired(frame: RequestFrame, subject: Subject, http: HttpFacts): void {
    if (frame.told?.calls.has('evaluated') === true) return;
    const requirement = this.#parts.routes.requirement(frame.request, http);
    const { claims, joinId } = subject;
    if (requirement === undefined || claims?.authTimeS === undefined || joinId === undefined) return;
    const requestedAtS = Math.floor(frame.startedAtMs / 1000);
    if (claims.authTimeS > requestedAtS + CLOCK_LEEWAY_S) return;
    if (meets(requirement, claims, { requestedAtS, demandedAtS: requestedAtS }) !== true) return;
    const key = this.#parts.ids.derive('request', `${joinId}\0${http.actionName}\0${claims.authTimeS}`);
    if (this.#spared.has(key)) return;
    this.#spared.set(key, true);
    this.#parts.teller.tell(
      EVENT_STEP_UP_EVALUATED,
      {
        basis: { ceremony: evaluation(subject, requirement, http.actionName), subject, http, ...HTTP_LIBRARY },
        detail: {
          action: 'STEP_UP_EVALUATE',
          auditOutcome: 'success',
          decision: 'not_required',
          exemption: 'recent_auth',
          tokenAccepted: true,
        },
        body: notRequiredSentence(http.actionName),
        raw: { request: frame.request, response: frame.response },
      },
      frame,
    );
  }

  #requirementMet(demand: Demand, subject: Subject, frame: RequestFrame): boolean | undefined {
    const { ceremony, demandedAtS } = demand;
    // The demand itself was answered. A service that remembers this in its session need not issue another token.
    if (this.#parts.store.ended(ceremony) === 'passed') return true;
    const at = { requestedAtS: Math.floor(frame.startedAtMs / 1000), demandedAtS };
    return ceremony.requirement === undefined ? undefined : meets(ceremony.requirement, subject.claims, at);
  }

  #tell(
    frame: RequestFrame,
    ceremony: Ceremony,
    subject: Subject,
    http: HttpFacts,
    result: 'granted' | 'blocked',
    requirementMet: boolean | undefined,
    previousSessionHash?: string,
  ): void {
    // The service has said so itself.
    if (frame.told?.calls.has('access') === true) return;
    this.#parts.teller.tell(
      EVENT_STEP_UP_ACCESS,
      {
        basis: { ceremony, subject, http, ...HTTP_LIBRARY },
        detail: {
          action: 'ACCESS',
          auditOutcome: result === 'granted' ? 'success' : 'failure',
          accessResult: result,
          requirementMet,
          previousSessionHash,
          tokenAccepted: result === 'granted',
        },
        body: accessSentence(ceremony.actionName, result, requirementMet),
        raw: { request: frame.request, response: frame.response },
      },
      frame,
    );
  }

  #shape(frame: RequestFrame): RequestShape {
    return shapeOf(frame.request, (material) => this.#parts.ids.derive('request shape', material));
  }
}

/** An evaluation that demanded nothing begins no step-up: it stands alone. */
function evaluation(subject: Subject, requirement: Requirement, actionName: string): Ceremony {
  return {
    id: randomBytes(17).toString('base64url').slice(0, 22),
    correlation: 'inferred',
    userHash: subject.userHash,
    requirement,
    actionName,
    method: undefined,
    startedAtMs: undefined,
    startedWallMs: undefined,
    expiresWallMs: undefined,
    answers: 0,
    outcome: undefined,
  };
}
