// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENTS, validateEvent } from '@stepseal/core/semconv';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type StepUpHelper, stepUp } from '../src/helper.ts';
import { type Recorder, record } from './support/recorder.ts';

const CALLS: Exclude<keyof StepUpHelper, 'commit'>[] = [
  'evaluated',
  'required',
  'challenged',
  'attempted',
  'completed',
  'access',
  'enrolled',
  'review',
];

/** What each member may hold: something right, or anything at all. */
const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, maxDepth: 1 });
const or = (...right: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: anything });
const input = fc.record(
  {
    acrValues: or(['gold'], []),
    action: or('payments.transfer', undefined),
    authTime: or(new Date(0), '2026-11-21T08:55:41Z', 1e12),
    change: or('added', 'reset'),
    decision: or('required', 'not_required', 'error'),
    durationMs: or(12.5, 0),
    errorType: or('bad_code', undefined),
    label: or('fraud'),
    maxAgeS: or(60),
    method: or('sms', 'push'),
    methods: or(['sms', 'totp']),
    outcome: or('passed', 'failed', 'expired'),
    payment: or({ amount: 1, currency: 'EUR', payee: 'x' }),
    reason: or('policy', 'risk_score'),
    resource: or('account-1', 7),
    result: or('granted', 'blocked'),
    rule: or({ name: 'r', version: '1' }),
    score: or(0.5),
    session: or('session-1'),
    stepUpId: or('a'.repeat(22), undefined),
    user: or('user-1', 42),
  },
  { requiredKeys: [] },
);

let recorder: Recorder;

beforeEach(() => {
  recorder = record();
});

afterEach(() => {
  recorder.capture.close();
});

test('whatever a call is given, it does not throw, and what is recorded fits the registry or has no record at all', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CALLS), fc.oneof({ weight: 9, arbitrary: input }, anything), (call, given) => {
      recorder.records.length = 0;
      const id = stepUp[call](given as never);
      expect(id === undefined || /^[\w-]{1,64}$/.test(id)).toBe(true);
      expect(recorder.records.length).toBeLessThanOrEqual(1);
      for (const { eventName, attributes, body } of recorder.records) {
        expect(Object.keys(EVENTS)).toContain(eventName);
        expect(validateEvent(eventName, attributes)).toEqual([]);
        expect(body).toMatch(/.\.$/);
      }
    }),
    { numRuns: 1000, interruptAfterTimeLimit: 4000 },
  );
  expect(recorder.problems).not.toContain('CAPTURE_FAILED');
});
