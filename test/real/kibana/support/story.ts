// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding, Grade } from '@stepseal/verifier';
import type { Round } from '../../../../packages/cli/src/watch/rounds.ts';
import { verifiedEvent } from '../../../../packages/cli/src/watch/verified-event.ts';

type Value = string | number | boolean | string[];

/** A record that the panels are asked about. */
export interface Told {
  readonly eventName: string;
  readonly timestamp: Date;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly body: string;
}

/** A step-up: what of it happened, and when. */
interface Course {
  readonly at: string;
  readonly user: string;
  readonly method?: string;
  readonly action?: string;
  readonly outcome: string;
  readonly tookMs: number;
  /** Of the access that followed; undefined where nothing could be seen of the demand. */
  readonly access?: { readonly result: string; readonly met?: boolean };
}

const MET = { result: 'granted', met: true };
const UNMET = { result: 'granted', met: false };
const BLOCKED = { result: 'blocked', met: false };
const PAYEES = { action: 'payees.add' };

const COURSES: readonly Course[] = [
  { at: '02T08:00', user: 'user-a', method: 'webauthn', outcome: 'passed', tookMs: 1_000, access: MET },
  { at: '02T09:00', user: 'user-a', method: 'webauthn', outcome: 'passed', tookMs: 3_000, access: MET },
  { at: '02T10:00', user: 'user-b', method: 'webauthn', outcome: 'failed', tookMs: 2_000, access: BLOCKED },
  { at: '03T08:00', user: 'user-a', method: 'totp', outcome: 'passed', tookMs: 20_000, access: MET },
  { at: '03T09:00', user: 'user-b', method: 'webauthn', outcome: 'expired', tookMs: 30_000, access: UNMET },
  { at: '03T10:00', user: 'user-d', outcome: 'abandoned', tookMs: 5_000 },
  {
    ...PAYEES,
    at: '03T11:00',
    user: 'user-e',
    method: 'webauthn',
    outcome: 'passed',
    tookMs: 5_000,
    access: { result: 'granted' },
  },
  { ...PAYEES, at: '04T09:20', user: 'user-c', method: 'totp', outcome: 'failed', tookMs: 9_000, access: UNMET },
  { ...PAYEES, at: '04T09:30', user: 'user-c', method: 'totp', outcome: 'locked_out', tookMs: 9_000, access: BLOCKED },
  { at: '04T10:00', user: 'user-c', method: 'push', outcome: 'denied_fraud', tookMs: 4_000, access: BLOCKED },
];

/** What an application tells, in the order in which it does. */
export function story(): Told[] {
  return [
    ...COURSES.flatMap(stepUp),
    evaluated('02T11:00', { 'step_up.decision': 'not_required', 'security_rule.name': 'small-amounts' }),
    evaluated('02T12:00', { 'step_up.decision': 'not_required', 'security_rule.name': 'small-amounts' }),
    evaluated('03T12:00', { 'step_up.decision': 'exempt' }),
    told('step_up.enrolled', '02T07:00', 0, {
      'user.hash': 'user-a',
      'step_up.method': 'webauthn',
      'step_up.enrolment.change': 'added',
    }),
    // Only the trail itself may declare a loss: what an application says of that kind is refused, and that is declared.
    gap('03T12:00', 1_000, 'disk_full'),
    verified('03T06:00', 'SEALED'),
    verified('03T18:00', 'SEALED'),
    verified('04T06:00', 'INCOMPLETE', LATE),
    verified('04T12:00', 'TAMPERED', EDITED, LATE),
  ];
}

/** What only the trail itself tells, after a disk was full, a receiver refused, a file was deleted: written as documents. */
export function documentsOfTheTrail(): object[] {
  const document = ({ eventName, timestamp, attributes, body }: Told): object => ({
    '@timestamp': timestamp.toISOString(),
    event_name: eventName,
    attributes: { ...attributes, 'audit.sequence.stream_id': 'stream-of-the-tests' },
    body: { text: body },
  });
  return [
    gap('03T14:00', 4, 'disk_full'),
    gap('03T15:00', 6, 'disk_full'),
    told('stepseal.undelivered', '05T08:00', 0, { 'stepseal.undelivered.answer': '400' }),
    told('stepseal.prune', '05T09:00', 0, { 'stepseal.prune.size': 40 }),
  ].map(document);
}

function stepUp({ at, user, method, action, outcome, tookMs, access }: Course, index: number): Told[] {
  const common = {
    'step_up.id': `step-up-${index + 1}`,
    'step_up.source.layer': 'app',
    'step_up.client.prefix': '203.0.113.0/24',
    'user.hash': user,
    'step_up.action.name': action ?? 'payments.transfer',
  };
  const proof = method === undefined ? {} : { 'step_up.method': method };
  const reason = action === undefined ? 'amount_threshold' : 'acr_insufficient';
  return [
    told('step_up.required', at, 0, { ...common, 'step_up.trigger.reason': reason }),
    ...(method === undefined ? [] : [told('step_up.challenged', at, 1, { ...common, ...proof })]),
    told('step_up.completed', at, 31, {
      ...common,
      ...proof,
      'step_up.outcome': outcome,
      'step_up.duration_ms': tookMs,
    }),
    ...(access === undefined
      ? []
      : [
          told('step_up.access', at, 40, {
            ...common,
            ...proof,
            'step_up.access.result': access.result,
            ...(access.met !== undefined && { 'step_up.requirement_met': access.met }),
          }),
        ]),
  ];
}

function evaluated(at: string, attributes: Record<string, Value>): Told {
  return told('step_up.evaluated', at, 0, { 'user.hash': 'user-a', 'step_up.source.layer': 'app', ...attributes });
}

function gap(at: string, count: number, cause: string): Told {
  return told('stepseal.gap', at, 0, { 'stepseal.gap.count': count, 'stepseal.gap.cause': cause });
}

const LATE: Finding = {
  code: 'NOT_YET_DELIVERED',
  severity: 'incomplete',
  evidence: 'It is not there yet.',
  reproduce: '',
};
const EDITED: Finding = { code: 'PROJECTION_MISMATCH', severity: 'tampered', evidence: 'It differs.', reproduce: '' };

/** The record of one round of `stepseal verify --watch`, made as that makes it. */
function verified(at: string, grade: Grade, ...findings: Finding[]): Told {
  const round: Round = {
    extent: 'full',
    grade,
    exitCode: 0,
    findings,
    streams: 3,
    records: 120,
    uncoveredMs: 0,
    declaredLosses: 0,
    lastNoteMs: undefined,
    report: undefined,
  };
  const { eventName, attributes, body } = verifiedEvent(round, {
    deployment: 'test/verifier',
    sources: ['logs-stepseal.audit.otel-*'],
    kind: 'elasticsearch',
    durationMs: 900,
    nowMs: 0,
    knownStreams: 3,
    knownHeadsHash: undefined,
    trustPolicyHash: undefined,
  });
  return { ...told(eventName, at, 0, { ...attributes }), body };
}

function told(eventName: string, at: string, second: number, attributes: Record<string, Value>): Told {
  const timestamp = new Date(`2026-03-${at}:${String(second).padStart(2, '0')}Z`);
  return { eventName, timestamp, attributes, body: `${eventName} of the tests.` };
}
