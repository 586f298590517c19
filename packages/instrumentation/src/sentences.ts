// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ErrorType } from '@stepseal/core/semconv';
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

export function challengedSentence(actionName: string | undefined): string {
  return actionName === undefined
    ? 'A WebAuthn challenge was issued.'
    : `A WebAuthn challenge was issued to let ${actionName} go on.`;
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
};

export function answerSentence(
  outcome: 'passed' | 'failed' | 'error',
  errorType: ErrorType | undefined,
  userVerified: boolean | undefined,
): string {
  if (outcome === 'passed') {
    return userVerified === true
      ? 'The WebAuthn answer was accepted, and the authenticator verified the user.'
      : 'The WebAuthn answer was accepted.';
  }
  if (outcome === 'error') return 'The WebAuthn answer could not be checked because of a fault on the checking side.';
  return `The WebAuthn answer was refused: ${REFUSALS[errorType ?? 'other'] ?? 'it does not hold'}.`;
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
