// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ErrorType } from '@stepseal/core/semconv';

/** Beginnings of the messages of @simplewebauthn/server 13 and 14. What follows them may hold the challenge. */
const BEGINNINGS: readonly (readonly [string, ErrorType])[] = [
  ['Unexpected authentication response challenge', 'challenge_mismatch'],
  ['Custom challenge verifier returned false', 'challenge_mismatch'],
  ['Unexpected authentication response origin', 'origin_mismatch'],
  ['Detected cross-origin authentication response', 'origin_mismatch'],
  ['Unexpected cross-origin authentication response', 'origin_mismatch'],
  ['Unexpected top origin', 'origin_mismatch'],
  ['Unexpected RP ID hash', 'rp_id_mismatch'],
  ['User not present', 'user_presence_missing'],
  ['User verification required', 'user_verification_missing'],
  ['Response counter value', 'counter_regression'],
  ['Missing credential ID', 'malformed'],
  ['Credential ID was not base64url', 'malformed'],
  ['Unexpected credential type', 'malformed'],
  ['Credential missing response', 'malformed'],
  ['Credential response', 'malformed'],
  ['Unexpected authentication response type', 'malformed'],
  ['ClientDataJSON', 'malformed'],
  ['Unexpected tokenBinding', 'malformed'],
  ['Authenticator data was', 'malformed'],
  ['Leftover bytes', 'malformed'],
];

/** Names of the library's own errors that say the same as a message. */
const NAMES: ReadonlyMap<string, ErrorType> = new Map([['UnexpectedRPIDHash', 'rp_id_mismatch']]);

/**
 * Why an answer was refused, from a closed list. What is thrown on the way to a verdict is decided by the answer,
 * which the client controls; only what no message of the library explains counts as a fault of the checking side.
 */
export function webAuthnErrorType(error: unknown): ErrorType {
  if (!(error instanceof Error)) return 'internal';
  const named = NAMES.get(error.name);
  if (named !== undefined) return named;
  const { message } = error;
  if (typeof message !== 'string') return 'internal';
  for (const [beginning, errorType] of BEGINNINGS) if (message.startsWith(beginning)) return errorType;
  return error instanceof SyntaxError || error instanceof RangeError ? 'malformed' : 'internal';
}
