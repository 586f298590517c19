// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ACTION, attribute, METHOD, STEP_UP_ID, TIME, USER } from '../fields.ts';
import type { Dashboard } from '../panel.ts';
import { BY_DAY, event, newest, stackedCounts } from '../shapes.ts';
import type { Where } from '../where.ts';

const RESULT = attribute('step_up.access.result');
const MET = attribute('step_up.requirement_met');
const GRANTED: Where = [...event('step_up.access'), { field: RESULT, is: 'granted' }];
const UNMET: Where = [...GRANTED, { field: MET, is: false }];
const BYPASSED_COLUMNS = [STEP_UP_ID, ACTION, USER, METHOD, attribute('step_up.client.prefix')];

export const GRANTED_WITHOUT_STEP_UP: Dashboard = {
  id: 'stepseal-granted-without-step-up',
  title: 'Granted without step-up',
  description:
    'Accesses that were granted although the demanded proof was not at hand, and those where none was demanded.',
  since: 'now-90d',
  leadsToStepUps: true,
  panels: [
    {
      id: 'granted-by-proof',
      title: 'Granted accesses and the demanded proof',
      question: 'Of the accesses that were granted, for how many was the demanded proof at hand?',
      where: GRANTED,
      chart: {
        chart: 'bars',
        horizontal: true,
        across: {
          by: 'conditions',
          label: 'Demanded proof',
          groups: [
            { label: 'at hand', where: [{ field: MET, is: true }] },
            { label: 'not at hand', where: [{ field: MET, is: false }] },
            { label: 'cannot be told', where: [{ field: MET, exists: false }] },
          ],
        },
        measures: [{ figure: 'count', label: 'Accesses' }],
      },
      width: 24,
      height: 10,
      answer: [
        ['at hand', 3],
        ['not at hand', 2],
        ['cannot be told', 1],
      ],
    },
    {
      id: 'granted-without-by-day',
      title: 'Granted without the proof, by day',
      question: 'When, and for what, was access granted without the demanded proof?',
      where: UNMET,
      chart: stackedCounts('Accesses', BY_DAY, {
        by: 'values',
        field: ACTION,
        limit: 10,
        label: 'Action',
        without: true,
      }),
      width: 24,
      height: 10,
      answer: [
        ['2026-03-03', 'payments.transfer', 1],
        ['2026-03-04', 'payees.add', 1],
      ],
    },
    {
      id: 'granted-without-by-user',
      title: 'Users who got through',
      question: 'Who was let through without the demanded proof, and how often?',
      where: UNMET,
      chart: {
        chart: 'table',
        rows: [{ by: 'values', field: USER, limit: 50, without: true, label: 'User' }],
        measures: [
          { figure: 'count', label: 'Accesses' },
          { figure: 'distinct', field: STEP_UP_ID, label: 'Step-ups' },
          newest(TIME, 'Last'),
        ],
      },
      width: 24,
      height: 10,
      answer: [
        ['user-b', 1, 1, '2026-03-03T09:00:40.000Z'],
        ['user-c', 1, 1, '2026-03-04T09:20:40.000Z'],
      ],
    },
    {
      id: 'granted-without-demand',
      title: 'Where none was demanded',
      question: 'Where did a policy let an action pass without a step-up, and by which rule?',
      where: [
        ...event('step_up.evaluated'),
        { field: attribute('step_up.decision'), oneOf: ['not_required', 'exempt'] },
      ],
      chart: {
        chart: 'table',
        rows: [
          { by: 'values', field: attribute('step_up.decision'), limit: 2, label: 'Decision' },
          { by: 'values', field: attribute('security_rule.name'), limit: 20, without: true, label: 'Rule' },
        ],
        measures: [{ figure: 'count', label: 'Decisions' }],
      },
      width: 24,
      height: 10,
      answer: [
        ['not_required', 'small-amounts', 2],
        ['exempt', '(none)', 1],
      ],
    },
    {
      id: 'granted-without-documents',
      title: 'Each of them',
      question: 'Which records show it?',
      where: UNMET,
      chart: { chart: 'documents', columns: BYPASSED_COLUMNS },
      width: 48,
      height: 14,
      answer: [
        ['step-up-8', 'payees.add', 'user-c', 'totp', '203.0.113.0/24'],
        ['step-up-5', 'payments.transfer', 'user-b', 'webauthn', '203.0.113.0/24'],
      ],
    },
  ],
};
