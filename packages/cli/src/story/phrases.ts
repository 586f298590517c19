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

// The registry's values in words. The types keep these tables complete when the registry grows.

export const REASONS: Readonly<Record<StepUpTriggerReason, string>> = {
  policy: 'a rule of the application asked for it',
  acr_insufficient: 'the authentication at hand was too weak',
  auth_too_old: 'the last active authentication was too long ago',
  risk_score: 'the risk score passed its threshold',
  new_device: 'the device was not known',
  new_location: 'the location was not known',
  sensitive_action: 'this action always needs one',
  amount_threshold: 'the amount passed its threshold',
  admin_forced: 'an administrator demanded it',
  unknown: 'the reason could not be seen',
};

export const METHODS: Readonly<Record<StepUpMethod, string>> = {
  webauthn: 'WebAuthn',
  passkey: 'a passkey',
  totp: 'a code from an authenticator app',
  hotp: 'a counter-based code',
  sms: 'a code by text message',
  email: 'a code by mail',
  voice: 'a code by voice call',
  push: 'a push prompt',
  hardware_token: 'a hardware token',
  biometric: 'a biometric check',
  recovery_code: 'a recovery code',
  password: 'the password',
  magic_link: 'a magic link',
  idp: 'the identity provider',
  other: 'another method',
};

export const OUTCOMES: Readonly<Record<StepUpOutcome, string>> = {
  passed: 'The proof was accepted',
  failed: 'The proof was refused',
  denied: 'The user said no',
  denied_fraud: 'The user said no and called it fraud',
  expired: 'The challenge ran out of time',
  abandoned: 'The user went away',
  locked_out: 'Too many wrong answers: locked out',
  error: 'The check itself broke',
};

export const ERRORS: Readonly<Record<ErrorType, string>> = {
  bad_signature: 'the signature did not verify',
  challenge_mismatch: 'the answer was for another challenge',
  origin_mismatch: 'the answer came from another origin, as with phishing',
  rp_id_mismatch: 'the answer was for another relying party',
  user_presence_missing: 'nobody touched the authenticator',
  user_verification_missing: 'the authenticator did not verify the user',
  counter_regression: 'the signature counter fell, so the credential may be cloned',
  attestation_invalid: "the authenticator's attestation did not verify",
  unknown_credential: 'the credential is not registered',
  bad_code: 'the code was wrong',
  replayed: 'the answer had been used before',
  malformed: 'the answer was not of the right form',
  expired: 'the code or challenge was too old',
  not_yet_valid: 'the proof is dated in the future',
  invalid_token: 'the token did not verify',
  acr_insufficient: 'the proof was genuine and still too weak',
  auth_too_old: 'the proof was genuine and too old',
  user_declined: 'the user refused the prompt',
  rate_limited: 'there were too many requests',
  locked_out: 'the account or factor is locked',
  timeout: 'something did not answer in time',
  delivery_failed: 'the code or prompt could not be sent',
  internal: 'the checking side had a fault',
  other: 'for a reason outside the closed list',
};

export const ACCESS: Readonly<Record<StepUpAccessResult, string>> = {
  granted: 'was granted',
  blocked: 'was refused',
  session_expired: 'was refused, as the session had run out',
  session_revoked: 'was refused, as the session was ended',
  deferred: 'waits for something else',
};

export const DECISIONS: Readonly<Record<StepUpDecision, string>> = {
  not_required: 'The policy asked for no further proof',
  required: 'The policy asked for a stronger proof',
  exempt: 'A stronger proof was due and waived',
  denied: 'The policy refused without the chance of a step-up',
  error: 'The policy could not be evaluated',
};

export const EXEMPTIONS: Readonly<Record<StepUpExemption, string>> = {
  trusted_device: 'the device was trusted earlier',
  recent_auth: 'a strong enough proof was recent',
  low_value: 'the amount was small',
  trusted_beneficiary: 'the payee was trusted',
  recurring: 'the transaction repeats an approved one',
  transaction_risk: 'risk analysis found it low',
  corporate: 'it went through a secured corporate process',
  other: 'another exemption applied',
};

export const ENROLMENTS: Readonly<Record<StepUpEnrolmentChange, string>> = {
  added: 'was added',
  removed: 'was removed',
  reset: 'was reset',
};

export const REVIEWS: Readonly<Record<StepUpReviewLabel, string>> = {
  legitimate: 'it was the user',
  fraud: 'it was not the user',
  false_positive: 'the step-up was not needed',
};

/** The phrase of a value, or the value itself where a newer registry has written one that is not known here. */
export function phrase(phrases: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(phrases, value) ? (phrases[value] ?? value) : value;
}
