// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT_STEP_UP_ENROLLED } from '@stepseal/core/semconv';
import type { RequestFrame } from './ceremony/frame.ts';
import type { FactorEnrolled } from './ceremony/observation.ts';
import type { Teller } from './ceremony/teller.ts';
import { httpFacts } from './http/http-facts.ts';
import type { SubjectReader } from './identity/subject-reader.ts';
import { enrolmentSentence } from './sentences.ts';

export interface EnrolmentsParts {
  readonly subjects: SubjectReader;
  readonly teller: Teller;
}

/**
 * Tells of factors that were added, or refused, to a user who is known. Somebody unknown who registers a passkey signs
 * up: there is no account yet that a factor could be added to, so it is counted and not recorded, as sign-ins are.
 */
export class Enrolments {
  readonly #parts: EnrolmentsParts;

  constructor(parts: EnrolmentsParts) {
    this.#parts = parts;
  }

  factorEnrolled(frame: RequestFrame | undefined, call: FactorEnrolled): void {
    const { subjects, teller } = this.#parts;
    // A script that sets up accounts, say: it serves no request, so there is nobody to name.
    if (frame === undefined) return;
    const subject = subjects.read(frame.request, frame.peerAddress);
    if (subject.userHash === undefined) {
      teller.counts.signIns += 1;
      return;
    }
    teller.tell(
      EVENT_STEP_UP_ENROLLED,
      {
        basis: {
          ceremony: undefined,
          subject,
          http: httpFacts(frame.request, undefined),
          library: call.library,
          libraryVersion: call.libraryVersion,
        },
        detail: {
          action: 'FACTOR_ENROL',
          auditOutcome: call.outcome === 'passed' ? 'success' : 'failure',
          enrolmentChange: 'added',
          method: call.method,
          errorType: call.errorType,
          phishingResistant: call.phishingResistant,
          userVerified: call.userVerified,
          deviceType: call.deviceType,
          backedUp: call.backedUp,
        },
        body: enrolmentSentence('added', call.outcome, call.errorType, call.method),
        raw: {
          request: frame.request,
          response: frame.response,
          libraryArguments: call.arguments,
          libraryResult: call.result,
          libraryError: call.error,
        },
      },
      frame,
    );
  }
}
