// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { EventDetail } from '../events.ts';
import type { HelperCall } from './inputs.ts';
import type { Given } from './told-attributes.ts';

type Details = Pick<EventDetail, 'action' | 'auditOutcome'>;

/** What a reader that knows only the audit signal is told of a call. */
export function callDetails(call: HelperCall, given: Given): Details {
  return DETAILS[call](given);
}

const DETAILS: Readonly<Record<HelperCall, (given: Given) => Details>> = {
  evaluated: ({ decision }) => ({
    action: 'STEP_UP_EVALUATE',
    auditOutcome: decision === 'error' ? 'failure' : 'success',
  }),
  required: () => ({ action: 'STEP_UP_REQUIRE', auditOutcome: 'success' }),
  challenged: () => ({ action: 'STEP_UP_CHALLENGE', auditOutcome: 'success' }),
  attempted: () => ({ action: 'STEP_UP_VERIFY', auditOutcome: 'failure' }),
  completed: ({ outcome }) => ({
    action: 'STEP_UP_VERIFY',
    auditOutcome: outcome === 'passed' ? 'success' : 'failure',
  }),
  access: ({ result }) => ({ action: 'ACCESS', auditOutcome: result === 'granted' ? 'success' : 'failure' }),
  enrolled: ({ errorType }) => ({
    action: 'FACTOR_ENROL',
    auditOutcome: errorType === undefined ? 'success' : 'failure',
  }),
  review: () => ({ action: 'STEP_UP_REVIEW', auditOutcome: 'success' }),
};
