// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTRIBUTES, EVENTS } from '@stepseal/core/semconv';
import { typedAttributes } from '@stepseal/testkit';
import { describe, expect, it } from 'vitest';
import * as phrases from '../src/story/phrases.ts';
import { sentence } from '../src/story/sentence.ts';
import type { ToldRecord } from '../src/story/told-record.ts';

function told(eventName: string, attributes: Parameters<typeof typedAttributes>[0] = {}): string {
  const record: ToldRecord = {
    eventName,
    timeMs: 0,
    stream: 's',
    number: 2,
    hash: '',
    attributes: typedAttributes(attributes),
  };
  return sentence(record);
}

describe('a record as a sentence', () => {
  it.each([
    [
      'step_up.required',
      {
        'step_up.action.name': 'POST /transfers',
        'step_up.trigger.reason': 'acr_insufficient',
        'step_up.acr.requested': ['urn:a', 'urn:b'],
        'step_up.max_age_s': 300,
        'security_rule.name': 'wire-over-10k',
      },
      'A stronger proof was demanded for POST /transfers: the authentication at hand was too weak (rule wire-over-10k). Accepted: class urn:a or urn:b, not older than 5 min.',
    ],
    [
      'step_up.evaluated',
      { 'step_up.decision': 'exempt', 'step_up.exemption': 'low_value' },
      'A stronger proof was due and waived: the amount was small.',
    ],
    [
      'step_up.evaluated',
      {
        'step_up.decision': 'required',
        'step_up.risk.score_milli': 820,
        'step_up.risk.threshold_milli': 700,
        'step_up.risk.reasons': ['new_payee'],
        'security_rule.name': 'wire-over-10k',
        'security_rule.version': '7',
      },
      'The policy asked for a stronger proof (rule wire-over-10k, version 7). Risk score 0.82, threshold 0.7 (new_payee).',
    ],
    [
      'step_up.challenged',
      { 'step_up.method': 'totp', 'step_up.attempt.number': 2 },
      'The user was asked for a code from an authenticator app (attempt 2).',
    ],
    [
      'step_up.attempted',
      { 'step_up.method': 'sms', 'step_up.attempt.number': 1, 'step_up.attempt.max': 3, 'error.type': 'bad_code' },
      'Answer 1 of 3 with a code by text message was checked: the code was wrong; the step-up went on.',
    ],
    [
      'step_up.attempted',
      { 'step_up.method': 'webauthn', 'step_up.attempt.number': 2, 'error.type': 'replayed' },
      'Answer 2 with WebAuthn was refused: the answer had been used before.',
    ],
    [
      'step_up.completed',
      {
        'step_up.method': 'webauthn',
        'step_up.outcome': 'failed',
        'step_up.duration_ms': 8421,
        'error.type': 'origin_mismatch',
      },
      'The proof was refused (WebAuthn) after 8.4 s: the answer came from another origin, as with phishing.',
    ],
    [
      'step_up.access',
      { 'step_up.access.result': 'granted', 'step_up.requirement_met': false },
      'Access was granted; the requirement was not met.',
    ],
    [
      'step_up.enrolled',
      { 'step_up.enrolment.change': 'reset', 'step_up.method': 'push' },
      'A factor (a push prompt) was reset.',
    ],
    ['step_up.review', { 'step_up.review.label': 'fraud' }, 'A later review found: it was not the user.'],
  ])('%s', (eventName, attributes, expected) => {
    expect(told(eventName, attributes)).toBe(expected);
  });

  it.each(Object.keys(EVENTS).filter((name) => name.startsWith('step_up.')))(
    '%s without a single attribute is still a sentence',
    (eventName) => {
      expect(told(eventName)).toMatch(/^[A-Z].*\.$/);
      expect(told(eventName)).not.toMatch(/undefined|null|NaN/);
    },
  );

  it('an event of a newer registry is named, and a value of one told as it is', () => {
    expect(told('step_up.invented')).toBe('step_up.invented was recorded.');
    expect(told('step_up.challenged', { 'step_up.method': 'retina' })).toBe('The user was asked for retina.');
    expect(told('step_up.challenged', { 'step_up.method': 'constructor' })).toBe('The user was asked for constructor.');
  });
});

it.each([
  ['step_up.trigger.reason', phrases.REASONS],
  ['step_up.method', phrases.METHODS],
  ['step_up.outcome', phrases.OUTCOMES],
  ['error.type', phrases.ERRORS],
  ['step_up.access.result', phrases.ACCESS],
  ['step_up.decision', phrases.DECISIONS],
  ['step_up.exemption', phrases.EXEMPTIONS],
  ['step_up.enrolment.change', phrases.ENROLMENTS],
  ['step_up.review.label', phrases.REVIEWS],
] as const)('every value of %s has its words', (name, words) => {
  expect(Object.keys(words).sort()).toEqual([...(ATTRIBUTES[name].values ?? [])].sort());
});
