// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Context } from '@opentelemetry/api';
import { EVENT_STEP_UP_ENROLLED } from '@stepseal/core/semconv';
import type { CaptureCounts } from './ceremony/ceremonies.ts';
import type { RequestFrame } from './ceremony/frame.ts';
import type { FactorEnrolled } from './ceremony/observation.ts';
import { type Disclosure, type DraftRecord, stepUpAttributes } from './events.ts';
import { httpFacts } from './http/http-facts.ts';
import type { SubjectReader } from './identity/subject-reader.ts';
import { enrolmentSentence } from './sentences.ts';

export interface EnrolmentsParts {
  readonly subjects: SubjectReader;
  readonly disclosure: Disclosure;
  readonly counts: CaptureCounts;
  readonly emit: (draft: DraftRecord, context: Context | undefined) => void;
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
    const { subjects, counts, disclosure, emit } = this.#parts;
    // A script that sets up accounts, say: it serves no request, so there is nobody to name.
    if (frame === undefined) return;
    const subject = subjects.read(frame.request, frame.peerAddress);
    if (subject.userHash === undefined) {
      counts.signIns += 1;
      return;
    }
    counts.records += 1;
    const attributes = stepUpAttributes(
      {
        ceremony: undefined,
        subject,
        http: httpFacts(frame.request, undefined),
        library: call.library,
        libraryVersion: call.libraryVersion,
      },
      {
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
      disclosure,
    );
    const raw = {
      request: frame.request,
      response: frame.response,
      libraryArguments: call.arguments,
      libraryResult: call.result,
      libraryError: call.error,
    };
    const body = enrolmentSentence('added', call.outcome, call.errorType, call.method);
    emit({ eventName: EVENT_STEP_UP_ENROLLED, body, attributes, raw }, frame.context);
  }
}
