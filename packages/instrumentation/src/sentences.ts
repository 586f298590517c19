// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ErrorType, StepUpEnrolmentChange, StepUpMethod } from '@stepseal/core/semconv';
import type { Requirement } from './ceremony/ceremony.ts';

// The body of each record: one sentence that needs no knowledge of the attributes.

export function requiredSentence(actionName: string, requirement: Requirement, aborted: boolean): string {
  const wanted: string[] = [];
  if (requirement.acrValues.length > 0) wanted.push(`authentication level ${requirement.acrValues.join(' or ')}`);
  if (requirement.maxAgeS !== undefined) wanted.push(`no older than ${requirement.maxAgeS} s`);
  const demand = wanted.length === 0 ? '' : ` (${wanted.join(', ')})`;
  const end = aborted ? '; the connection closed before the answer was sent in full' : '';
  return `${actionName} was refused until the user gives a stronger proof${demand}${end}.`;
}

/** What a method is called in a sentence, without an article. */
const METHODS: Readonly<Record<StepUpMethod, string>> = {
  webauthn: 'WebAuthn',
  passkey: 'passkey',
  totp: 'TOTP',
  hotp: 'HOTP',
  sms: 'text message',
  email: 'mail',
  voice: 'phone call',
  push: 'push',
  hardware_token: 'hardware token',
  biometric: 'biometric',
  recovery_code: 'recovery code',
  password: 'password',
  magic_link: 'magic link',
  idp: 'identity provider',
  other: 'step-up',
};

/** Methods whose answer is a code that the user types in. */
const CODES: ReadonlySet<StepUpMethod> = new Set(['totp', 'hotp', 'sms', 'email', 'voice', 'recovery_code']);

export function challengedSentence(actionName: string | undefined, method: StepUpMethod = 'webauthn'): string {
  const name = METHODS[method];
  const article = articleOf(name);
  return actionName === undefined
    ? `${article} ${name} challenge was issued.`
    : `${article} ${name} challenge was issued to let ${actionName} go on.`;
}

const REFUSALS: Partial<Record<ErrorType, string>> = {
  bad_signature: 'its signature does not verify',
  challenge_mismatch: 'it answers another challenge',
  origin_mismatch: 'it comes from another origin',
  rp_id_mismatch: 'it is for another relying party',
  user_presence_missing: 'nobody touched the authenticator',
  user_verification_missing: 'the authenticator did not verify the user',
  counter_regression: 'its counter fell, so the credential may be cloned',
  malformed: 'it is malformed',
  bad_code: 'it is not the expected one',
  replayed: 'it was used before',
  expired: 'it came too late',
  unknown_credential: 'the credential is not registered',
  locked_out: 'the account or the factor is locked',
  rate_limited: 'there were too many',
};

export function answerSentence(
  outcome: 'passed' | 'failed' | 'error',
  errorType: ErrorType | undefined,
  userVerified: boolean | undefined,
  method: StepUpMethod = 'webauthn',
): string {
  const answer = `The ${METHODS[method]} ${CODES.has(method) ? 'code' : 'answer'}`;
  if (outcome === 'passed') {
    return userVerified === true
      ? `${answer} was accepted, and the authenticator verified the user.`
      : `${answer} was accepted.`;
  }
  if (outcome === 'error') return `${answer} could not be checked because of a fault on the checking side.`;
  return `${answer} was refused: ${REFUSALS[errorType ?? 'other'] ?? 'it does not hold'}.`;
}

/** The end of a step-up that the service refused to hear an answer for. */
export function refusedSentence(actionName: string | undefined, outcome: 'locked_out' | 'expired'): string {
  const step = actionName === undefined ? 'The step-up' : `The step-up for ${actionName}`;
  return outcome === 'expired' ? `${step} ended: its time was over.` : `${step} ended: too many answers were wrong.`;
}

/** The end of a step-up that nobody ended. */
export function closedSentence(actionName: string | undefined, outcome: 'abandoned' | 'expired' | 'error'): string {
  const step = actionName === undefined ? 'The step-up' : `The step-up for ${actionName}`;
  if (outcome === 'error') return `${step} ended in a crash; how, is not known.`;
  return outcome === 'expired' ? `${step} ended: its challenge ran out.` : `${step} was abandoned: no answer came.`;
}

export function notRequiredSentence(actionName: string): string {
  return `${actionName} needed no stronger proof: the one at hand was recent enough.`;
}

export function accessSentence(
  actionName: string | undefined,
  result: 'granted' | 'blocked',
  requirementMet: boolean | undefined,
): string {
  const action = actionName ?? 'The action';
  if (result === 'blocked') return `${action} was refused again.`;
  if (requirementMet === true) return `${action} was allowed; the demanded proof was at hand.`;
  if (requirementMet === false) return `${action} was allowed although the demanded proof was not at hand.`;
  return `${action} was allowed; whether the demanded proof was at hand could not be seen.`;
}

const FACTORS: Readonly<Record<StepUpEnrolmentChange, string>> = {
  added: 'was added',
  removed: 'was removed',
  reset: 'was reset',
};

export function enrolmentSentence(
  change: StepUpEnrolmentChange,
  outcome: 'passed' | 'failed' | 'error',
  errorType: ErrorType | undefined,
  method: StepUpMethod,
): string {
  const factor = `${articleOf(METHODS[method])} ${METHODS[method]} factor`;
  if (outcome === 'passed') return `${factor} ${FACTORS[change]}.`;
  if (outcome === 'error') return `${factor} could not be changed because of a fault on the checking side.`;
  return `${factor} was not ${change}: the answer was refused, ${REFUSALS[errorType ?? 'other'] ?? 'it does not hold'}.`;
}

function articleOf(name: string): string {
  return /^[aeiouH]/.test(name) ? 'An' : 'A';
}
