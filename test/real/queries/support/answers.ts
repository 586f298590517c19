// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Row } from './rows.ts';
import { ago } from './scenario.ts';

/** A moment as Elasticsearch says it. */
const time = (days: number, of: string): string => ago(days, of).toISOString();

const demand = (days: number, of: string, user: string, reason: string, id: string, town = 'Berlin'): Row => ({
  '@timestamp': time(days, of),
  'attributes.user.hash': user,
  'attributes.step_up.trigger.reason': reason,
  'attributes.step_up.device.hash': `device-of-${user}`,
  'attributes.geo.country.iso_code': 'DE',
  'attributes.geo.locality.name': town,
  'attributes.step_up.id': id,
});

const stepUp = (began: string, why: string, outcome: string, access: string, id: string): Row => ({
  began,
  why,
  method: 'webauthn',
  outcome,
  access,
  id,
});

/** The table that each question has for an answer, from the scenario. `late` is the stream that nothing seals any more. */
export const answers: Readonly<Record<string, (late: string) => readonly Row[]>> = {
  'history-of-a-user': () => [
    stepUp(time(3, '12:00'), 'acr_insufficient', 'failed', 'blocked', 'ana-3'),
    stepUp(time(4, '12:00'), 'new_location', 'passed', 'granted', 'ana-2'),
    stepUp(time(89, '10:00'), 'policy', 'passed', 'granted', 'ana-1'),
  ],
  'prompts-per-user-and-day': () => [{ prompts: 6, devices: 1, day: time(1, '00:00'), user: 'ben' }],
  'locked-out': () => [{ times: 1, last_time: time(2, '13:00:02'), methods: 'totp', user: 'ben' }],
  'enrolled-then-used': () => [{ added: time(2, '09:00'), passed: time(2, '09:05:04'), user: 'eve', method: 'totp' }],
  'new-device-or-place': () => [
    demand(2, '09:10', 'eve', 'acr_insufficient', 'eve-2'),
    demand(2, '09:05', 'eve', 'new_device', 'eve-1'),
    demand(4, '12:00', 'ana', 'new_location', 'ana-2', 'Lisbon'),
  ],
  'asked-on-a-route': () => [
    { times: 7, last_time: time(1, '20:01:00'), user: 'ben' },
    { times: 2, last_time: time(3, '12:00'), user: 'ana' },
    { times: 2, last_time: time(2, '09:10'), user: 'eve' },
    { times: 1, last_time: time(2, '14:00'), user: 'cy' },
  ],
  'one-step-up': () =>
    [
      ['09:10:00', 'step_up.required'],
      ['09:10:01', 'step_up.challenged'],
      ['09:10:02', 'step_up.completed'],
      ['09:10:03', 'step_up.access'],
    ].map(([of = '', event_name]) => ({
      '@timestamp': time(2, of),
      event_name,
      'body.text': `${event_name} of eve-2.`,
    })),
  'granted-without-step-up': () => [
    {
      '@timestamp': time(2, '09:10:03'),
      'attributes.user.hash': 'eve',
      'attributes.http.route': '/transfers',
      'attributes.step_up.id': 'eve-2',
    },
  ],
  'failures-by-method': () => [
    { failures: 5, method: 'push', outcome: 'denied', error: 'user_declined' },
    { failures: 1, method: 'push', outcome: 'denied_fraud', error: 'user_declined' },
    { failures: 1, method: 'totp', outcome: 'locked_out', error: 'rate_limited' },
    { failures: 1, method: 'webauthn', outcome: 'expired', error: null },
    { failures: 1, method: 'webauthn', outcome: 'failed', error: 'bad_signature' },
  ],
  'pass-rate-and-time': () => [
    { ended: 6, passed: 0, p50_ms: null, p95_ms: null, method: 'push', pass_rate: 0 },
    { ended: 4, passed: 2, p50_ms: 2_500, p95_ms: 3_850, method: 'webauthn', pass_rate: 0.5 },
    { ended: 3, passed: 2, p50_ms: 2_500, p95_ms: 2_950, method: 'totp', pass_rate: 0.667 },
  ],
  abandonment: () => [
    { ended: 2, abandoned: 1, action: 'POST /payees', abandonment: 0.5 },
    { ended: 12, abandoned: 0, action: 'POST /transfers', abandonment: 0 },
  ],
  'what-demands-most': () => [
    { demands: 3, users: 3, reason: 'acr_insufficient', rule: null },
    { demands: 3, users: 2, reason: 'amount_threshold', rule: 'large-amounts' },
    { demands: 1, users: 1, reason: 'new_device', rule: null },
    { demands: 1, users: 1, reason: 'new_location', rule: null },
    { demands: 6, users: 1, reason: 'policy', rule: null },
  ],
  'streams-without-a-recent-seal': (late) => [
    { last_seal: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), closed: 0, stream: late },
  ],
  'gaps-in-numbers': () => [],
  'recomputed-hashes': () => [],
  'documents-without-a-seal': () => [],
  'declared-losses': () => [
    { lost: 2, declarations: 1, names: ['order.placed', 'stepseal.gap'], service: 'bank', cause: 'refused' },
  ],
  verifications: () => [
    {
      '@timestamp': time(1, '06:00'),
      'attributes.stepseal.verified.grade': 'SEALED',
      'attributes.stepseal.verified.records': 120,
      'attributes.stepseal.verified.codes': null,
    },
  ],
};

const rate = (part: unknown, whole: unknown): number => Math.round((Number(part) / Number(whole)) * 1000) / 1000;
const MINUTES_MS = 60_000;

/** What the page says in words is left to do with the rows, by question. */
export const afterwards: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[]>> = {
  'enrolled-then-used': (rows) =>
    rows.filter(({ passed, added }) => passed !== null && added !== null && (passed as string) > (added as string)),
  'pass-rate-and-time': (rows) => rows.map((row) => ({ ...row, pass_rate: rate(row['passed'], row['ended']) })),
  abandonment: (rows) => rows.map((row) => ({ ...row, abandonment: rate(row['abandoned'], row['ended']) })),
  'streams-without-a-recent-seal': (rows) =>
    rows.filter(({ closed, last_seal }) => closed === 0 && Date.parse(String(last_seal)) < Date.now() - 3 * MINUTES_MS),
  'gaps-in-numbers': (rows) =>
    rows
      .map((row) => ({
        ...row,
        missing: Number(row['last_number']) - Number(row['first_number']) + 1 - Number(row['present']),
      }))
      .filter(({ missing }) => missing !== 0),
  'recomputed-hashes': (rows) =>
    rows
      .map(
        ({ payload, ...row }): Row => ({
          ...row,
          recomputed: createHash('sha256').update(String(payload)).digest('hex'),
        }),
      )
      .filter(
        ({ _id, recomputed, 'attributes.audit.integrity.hash': stated }) => recomputed !== stated || recomputed !== _id,
      ),
};
