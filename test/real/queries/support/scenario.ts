// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attributes } from '@opentelemetry/api';

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;

export interface Event {
  readonly eventName: string;
  readonly timestamp: Date;
  readonly body?: string;
  readonly attributes: Attributes;
}

/** A time of day, some days ago, in UTC. */
export function ago(days: number, time: string): Date {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return new Date(TODAY_MS - days * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000);
}

interface StepUp {
  readonly id: string;
  readonly user: string;
  readonly demanded: Date;
  readonly route?: string;
  readonly reason: string;
  readonly rule?: string;
  readonly method?: string;
  readonly outcome: string;
  readonly tookMs?: number;
  readonly error?: string;
  readonly access: string;
  readonly met: boolean;
  readonly knownDevice?: boolean;
  readonly town?: string;
}

/** The records of one step-up: demanded, a second later challenged, ended `tookMs` after that, a second later access. */
function stepUp(given: StepUp): Event[] {
  const { id, user, demanded, route = '/transfers', reason, rule, method, outcome, tookMs = 1_000 } = given;
  const context = {
    'step_up.id': id,
    'user.hash': user,
    'http.route': route,
    'step_up.action.name': `POST ${route}`,
    'step_up.device.hash': `device-of-${user}`,
    'step_up.device.known': given.knownDevice ?? true,
    'geo.country.iso_code': 'DE',
    'geo.locality.name': given.town ?? 'Berlin',
  };
  const event = (eventName: string, afterMs: number, attributes: Attributes): Event => ({
    eventName,
    timestamp: new Date(demanded.getTime() + afterMs),
    body: `${eventName} of ${id}.`,
    attributes: { ...context, ...attributes },
  });
  const named = method === undefined ? {} : { 'step_up.method': method };
  return [
    event('step_up.required', 0, {
      'step_up.trigger.reason': reason,
      ...(rule !== undefined && { 'security_rule.name': rule }),
    }),
    ...(method === undefined ? [] : [event('step_up.challenged', 1_000, named)]),
    event('step_up.completed', 1_000 + tookMs, {
      ...named,
      'step_up.outcome': outcome,
      'step_up.duration_ms': tookMs,
      'step_up.duration_source': 'local',
      ...(given.error !== undefined && { 'error.type': given.error }),
    }),
    event('step_up.access', 2_000 + tookMs, {
      'step_up.access.result': given.access,
      'step_up.requirement_met': given.met,
    }),
  ];
}

const passed = { outcome: 'passed', access: 'granted', met: true } as const;
const blocked = { access: 'blocked', met: false } as const;
const webauthn = 'webauthn';
const totp = 'totp';

function enrolled(user: string, timestamp: Date, method: string, change = 'added'): Event {
  const attributes = { 'user.hash': user, 'step_up.method': method, 'step_up.enrolment.change': change };
  return { eventName: 'step_up.enrolled', timestamp, attributes };
}

/** Ben is prompted six times within a minute, and says no, the last time that it is fraud. */
const prompts = [1, 2, 3, 4, 5, 6].flatMap((count) =>
  stepUp({
    id: `push-${count}`,
    user: 'ben',
    demanded: ago(1, `20:00:${count}0`),
    reason: 'policy',
    method: 'push',
    outcome: count === 6 ? 'denied_fraud' : 'denied',
    error: 'user_declined',
    ...blocked,
  }),
);

/** What happened at the bank, in 91 days. What the questions must answer about it is in the test. */
export const events: readonly Event[] = [
  ...stepUp({ id: 'old', user: 'ana', demanded: ago(91, '10:00'), reason: 'policy', method: totp, ...passed }),
  ...stepUp({ id: 'ana-1', user: 'ana', demanded: ago(89, '10:00'), reason: 'policy', method: webauthn, ...passed }),
  ...stepUp({
    id: 'ana-2',
    user: 'ana',
    demanded: ago(4, '12:00'),
    reason: 'new_location',
    town: 'Lisbon',
    method: webauthn,
    ...passed,
  }),
  ...stepUp({
    id: 'ana-3',
    user: 'ana',
    demanded: ago(3, '12:00'),
    reason: 'acr_insufficient',
    method: webauthn,
    outcome: 'failed',
    error: 'bad_signature',
    ...blocked,
  }),
  ...stepUp({
    id: 'ben-1',
    user: 'ben',
    demanded: ago(2, '12:00'),
    reason: 'amount_threshold',
    rule: 'large-amounts',
    method: totp,
    tookMs: 2_000,
    ...passed,
  }),
  ...stepUp({
    id: 'ben-2',
    user: 'ben',
    demanded: ago(2, '13:00'),
    route: '/payees',
    reason: 'amount_threshold',
    rule: 'large-amounts',
    method: totp,
    outcome: 'locked_out',
    error: 'rate_limited',
    ...blocked,
  }),
  ...stepUp({
    id: 'cy-1',
    user: 'cy',
    demanded: ago(2, '14:00'),
    reason: 'amount_threshold',
    rule: 'large-amounts',
    method: webauthn,
    tookMs: 4_000,
    ...passed,
  }),
  ...stepUp({
    id: 'cy-2',
    user: 'cy',
    demanded: ago(2, '15:00'),
    route: '/payees',
    reason: 'acr_insufficient',
    outcome: 'abandoned',
    ...blocked,
  }),
  enrolled('eve', ago(2, '09:00'), totp),
  ...stepUp({
    id: 'eve-1',
    user: 'eve',
    demanded: ago(2, '09:05'),
    reason: 'new_device',
    knownDevice: false,
    method: totp,
    tookMs: 3_000,
    ...passed,
  }),
  ...stepUp({
    id: 'eve-2',
    user: 'eve',
    demanded: ago(2, '09:10'),
    reason: 'acr_insufficient',
    knownDevice: false,
    method: webauthn,
    outcome: 'expired',
    access: 'granted',
    met: false,
  }),
  // Added and not used since; used, but before; removed.
  enrolled('cy', ago(1, '09:00'), 'passkey'),
  enrolled('ana', ago(1, '09:00'), webauthn),
  enrolled('ben', ago(3, '09:00'), totp, 'removed'),
  ...prompts,
  {
    eventName: 'stepseal.verified',
    timestamp: ago(1, '06:00'),
    attributes: { 'stepseal.verified.grade': 'SEALED', 'stepseal.verified.records': 120 },
  },
];
