// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type {
  ErrorType,
  StepUpAccessResult,
  StepUpDecision,
  StepUpEnrolmentChange,
  StepUpExemption,
  StepUpMethod,
  StepUpOutcome,
  StepUpReviewLabel,
  StepUpTriggerReason,
} from '@stepseal/core/semconv';

/**
 * Whom a call is about. In a request all of it is known by itself, and what is given goes first; outside one (a job, a
 * webhook of a provider, a message) it has to be given.
 */
export interface About {
  /** The user's id; only its keyed hash is recorded, unless `identity.userIdInClear` is set. */
  readonly user?: string | number | undefined;
  /** The session's id; only its keyed hash is recorded. */
  readonly session?: string | undefined;
  /** Which step-up, as an earlier call returned it: at most 64 letters, digits, `-` and `_`. */
  readonly stepUpId?: string | undefined;
}

/** The action that is guarded. */
export interface Guarded {
  /** What it is called, the same for all who do it: `payments.transfer`. Default: method and route of the request. */
  readonly action?: string | undefined;
  /** Id of what is acted on, an account say; only its keyed hash is recorded. */
  readonly resource?: string | undefined;
  /** The payment that the proof is for; only one keyed hash over the three is recorded (PSD2, dynamic linking). */
  readonly payment?:
    | { readonly amount: string | number; readonly currency: string; readonly payee: string }
    | undefined;
}

/** Why a stronger proof is, or is not, due. */
export interface Why {
  /** A word or a rule's text, never what a user typed; at most as long as `step_up.trigger.detail` may be. */
  readonly detail?: string | undefined;
  readonly rule?:
    | {
        readonly name?: string | undefined;
        readonly version?: string | undefined;
        readonly uuid?: string | undefined;
      }
    | undefined;
  /** Risk score, 0 or more, recorded in thousandths. */
  readonly score?: number | undefined;
  /** The score from which on a stronger proof is due, in the scale of `score`. */
  readonly threshold?: number | undefined;
  /** What raised the score, in words of your own list. */
  readonly riskReasons?: readonly string[] | undefined;
}

/** What proof was given. */
export interface Proof {
  readonly acr?: string | undefined;
  /** RFC 8176. */
  readonly amr?: readonly string[] | undefined;
  /** Assurance level of NIST SP 800-63B, 1 to 3. */
  readonly aal?: number | undefined;
  /** When the user proved himself: RFC 3339, a date, or seconds or milliseconds since 1970. */
  readonly authTime?: string | number | Date | undefined;
  readonly phishingResistant?: boolean | undefined;
}

export interface Evaluated extends About, Guarded, Why {
  readonly decision: StepUpDecision;
  /** Why, where a stronger proof is due. */
  readonly reason?: StepUpTriggerReason | undefined;
  readonly exemption?: StepUpExemption | undefined;
  /** How many evaluations this one stands for, where only some are told. Default 1. */
  readonly sampleWeight?: number | undefined;
  readonly errorType?: ErrorType | undefined;
}

export interface Required extends About, Guarded, Why {
  readonly reason: StepUpTriggerReason;
  /** Any one of these authentication context classes suffices. */
  readonly acrValues?: readonly string[] | undefined;
  /** Longest time since the user proved himself, in seconds. */
  readonly maxAgeS?: number | undefined;
  readonly methods?: readonly StepUpMethod[] | undefined;
}

export interface Challenged extends About, Guarded {
  readonly method: StepUpMethod;
  readonly methods?: readonly StepUpMethod[] | undefined;
  readonly phishingResistant?: boolean | undefined;
  /** Answers allowed before a lock. */
  readonly maxAttempts?: number | undefined;
}

export interface Attempted extends About, Proof {
  readonly method: StepUpMethod;
  readonly errorType: ErrorType;
  /** Count of answers checked in this step-up, this one included. Default: as counted here. */
  readonly attempt?: number | undefined;
  readonly maxAttempts?: number | undefined;
}

export interface Completed extends About, Proof {
  readonly method: StepUpMethod;
  readonly outcome: StepUpOutcome;
  readonly errorType?: ErrorType | undefined;
  readonly attempt?: number | undefined;
  readonly maxAttempts?: number | undefined;
  /** Time from challenge to end, in milliseconds. Default: as measured here, where the challenge was seen here. */
  readonly durationMs?: number | undefined;
}

export interface Access extends About, Guarded {
  readonly result: StepUpAccessResult;
  /** Whether the demanded proof was at hand. */
  readonly requirementMet?: boolean | undefined;
}

export interface Enrolled extends About {
  readonly change: StepUpEnrolmentChange;
  readonly method: StepUpMethod;
  readonly phishingResistant?: boolean | undefined;
  /** Why it was refused; without it, it was done. */
  readonly errorType?: ErrorType | undefined;
}

export interface Review extends About {
  readonly stepUpId: string;
  readonly label: StepUpReviewLabel;
}

/** Every call of the helper and what it takes. */
export interface HelperInputs {
  evaluated: Evaluated;
  required: Required;
  challenged: Challenged;
  attempted: Attempted;
  completed: Completed;
  access: Access;
  enrolled: Enrolled;
  review: Review;
}

export type HelperCall = keyof HelperInputs;
