// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StepUpCorrelation, StepUpMethod, StepUpOutcome } from '@stepseal/core/semconv';
import type { TokenClaims } from '../identity/token-claims.ts';

/** What the service demands before it goes on. */
export interface Requirement {
  /** Any one of these authentication context classes suffices. */
  readonly acrValues: readonly string[];
  readonly maxAgeS: number | undefined;
}

/** One step-up as this process knows it. Another process of the data directory may know more: see `store`. */
export interface Ceremony {
  readonly id: string;
  /**
   * `inferred` where the id was taken from the session, because nothing that both sides see was at hand; `explicit` where the
   * service named it.
   */
  readonly correlation: StepUpCorrelation;
  /** Whose it is, where known: nobody else's answer may end it. */
  readonly userHash: string | undefined;
  /** What the demand asks for; unknown until there is one, or where it was not seen. */
  requirement: Requirement | undefined;
  /** The guarded action, `POST /transfers`; as `requirement`. */
  actionName: string | undefined;
  method: StepUpMethod | undefined;
  /** Monotonic milliseconds of the challenge, or of the demand until there is one; unknown in any other process. */
  startedAtMs: number | undefined;
  /** As `startedAtMs`, on the wall clock that processes share. */
  startedWallMs: number | undefined;
  /** Wall milliseconds at which the challenge's own life is over, where the service stated it. */
  expiresWallMs: number | undefined;
  /** Answers checked so far. */
  answers: number;
  /** How it ended; set once. */
  outcome: StepUpOutcome | undefined;
}

/** Clocks of the service and of whoever wrote the token differ by less, or are a problem of their own. */
export const CLOCK_LEEWAY_S = 5;

/** When a request came, and when the demand that it is measured by was made. Seconds since 1970. */
export interface Moments {
  readonly requestedAtS: number;
  readonly demandedAtS: number;
}

/**
 * Whether a token meets a requirement, or nothing where that cannot be seen. RFC 9470 section 5: any one of the
 * demanded classes suffices; the age counts from `auth_time`. A proof given after the demand is always fresh enough,
 * or `max_age=0` could never be met.
 */
export function meets(requirement: Requirement, claims: TokenClaims | undefined, at: Moments): boolean | undefined {
  const { acrValues, maxAgeS } = requirement;
  if (acrValues.length === 0 && maxAgeS === undefined) return undefined;
  if (claims?.acr === undefined && claims?.authTimeS === undefined) return undefined;
  if (acrValues.length > 0 && (claims.acr === undefined || !acrValues.includes(claims.acr))) return false;
  if (maxAgeS === undefined) return true;
  if (claims.authTimeS === undefined) return false;
  return claims.authTimeS >= Math.min(at.requestedAtS - maxAgeS, at.demandedAtS) - CLOCK_LEEWAY_S;
}
