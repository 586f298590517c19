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
const NAMES: ReadonlyMap<string, ErrorType> = new Map([
  ['UnexpectedRPIDHash', 'rp_id_mismatch'],
  ['InvalidBackupFlags', 'malformed'],
]);

/** Beginnings of messages about the stored public key, which the service keeps and the client does not choose. */
const OUR_SIDE: readonly string[] = [
  'Credential public key',
  'Public key ',
  'unknown COSE',
  'Unexpected COSE',
  'Signature verification with public key',
];

/**
 * Why an answer was refused, from a closed list. Nearly all that is thrown on the way to a verdict is chosen by who
 * sent the answer, so what is not known counts as a refused answer: only what he cannot bring about is `internal`.
 *
 * @param credential what the service gave the library to check against
 */
export function webAuthnErrorType(error: unknown, credential: unknown): ErrorType {
  if (typeof credential !== 'object' || credential === null) return 'unknown_credential';
  if (!(error instanceof Error)) return 'other';
  const { name } = error;
  // The service's own callbacks throw what they like, also errors whose message is no text.
  const message = String(error.message);
  // Errors of the system and of stores carry a code; those of the library about an answer do not.
  if ('code' in error && typeof error.code === 'string') return 'internal';
  if (OUR_SIDE.some((beginning) => message.startsWith(beginning))) return 'internal';
  for (const [beginning, errorType] of BEGINNINGS) if (message.startsWith(beginning)) return errorType;
  const malformed = error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError;
  return NAMES.get(name) ?? (malformed ? 'malformed' : 'other');
}

/** Beginnings of the messages of `verifyRegistrationResponse`, 13 and 14, where they differ from the ones above. */
const REGISTRATION_BEGINNINGS: readonly (readonly [string, ErrorType])[] = [
  ['Unexpected registration response challenge', 'challenge_mismatch'],
  ['Custom challenge verifier returned false', 'challenge_mismatch'],
  ['Unexpected registration response origin', 'origin_mismatch'],
  ['User presence was required', 'user_presence_missing'],
  ['User verification was required', 'user_verification_missing'],
  ['Unexpected registration response type', 'malformed'],
  ['Unexpected value for TokenBinding', 'malformed'],
  ['No credential ID was', 'malformed'],
  ['No public key was', 'malformed'],
  ['No AAGUID was', 'malformed'],
  ['Credential public key was', 'malformed'],
  ['None attestation', 'attestation_invalid'],
  ['Unsupported Attestation', 'attestation_invalid'],
  ['Unexpected public key alg', 'attestation_invalid'],
];

/** The formats whose checks end their messages with their name. */
const ATTESTATION_FORMAT = /\((?:TPM|Packed|FIDOU2F|Apple|Android Key|SafetyNet)[^()]*\)$/;

/**
 * Why a registration was refused. Unlike with an answer there is no stored key yet: all that is looked at, the public
 * key included, comes from whoever registers.
 */
export function registrationErrorType(error: unknown): ErrorType {
  if (!(error instanceof Error)) return 'other';
  const message = String(error.message);
  if ('code' in error && typeof error.code === 'string') return 'internal';
  for (const [beginning, errorType] of REGISTRATION_BEGINNINGS) if (message.startsWith(beginning)) return errorType;
  for (const [beginning, errorType] of BEGINNINGS) if (message.startsWith(beginning)) return errorType;
  if (ATTESTATION_FORMAT.test(message)) return 'attestation_invalid';
  const malformed = error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError;
  return NAMES.get(error.name) ?? (malformed ? 'malformed' : 'other');
}
