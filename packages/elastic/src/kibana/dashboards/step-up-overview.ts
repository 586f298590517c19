// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ACTION, attribute, METHOD, OUTCOME, REASON, STEP_UP_ID, USER } from '../fields.ts';
import type { Dashboard, Measure, Split } from '../panel.ts';
import { BY_DAY, event, stackedCounts } from '../shapes.ts';
import type { Where } from '../where.ts';

const COMPLETED = event('step_up.completed');
const PASSED: Where = [...COMPLETED, { field: OUTCOME, is: 'passed' }];
const ABANDONED: Where = [{ field: OUTCOME, is: 'abandoned' }];
const EXPIRED: Where = [{ field: OUTCOME, is: 'expired' }];
const CHALLENGED = event('step_up.challenged');
const REQUIRED = event('step_up.required');
const DURATIONS: readonly Measure[] = [50, 95].map((percentile) => ({
  figure: 'percentile',
  percentile,
  field: attribute('step_up.duration_ms'),
  label: `p${percentile} (ms)`,
}));
const BY_METHOD: Split = { by: 'values', field: METHOD, limit: 20, without: true, label: 'Method' };

export const STEP_UP_OVERVIEW: Dashboard = {
  id: 'stepseal-step-up-overview',
  title: 'Step-up overview',
  description: 'How many step-ups were demanded, how they went, how long they took and how often people were asked.',
  since: 'now-30d',
  leadsToStepUps: true,
  panels: [
    {
      id: 'step-up-funnel',
      title: 'From demand to access',
      question: 'Of the step-ups that were demanded, how many led to a challenge, to a proof, to access?',
      where: [],
      chart: {
        chart: 'bars',
        horizontal: true,
        across: {
          by: 'conditions',
          label: 'Stage',
          groups: [
            { label: '1 required', where: REQUIRED },
            { label: '2 challenged', where: CHALLENGED },
            { label: '3 passed', where: PASSED },
            {
              label: '4 granted',
              where: [
                ...event('step_up.access'),
                { field: attribute('step_up.access.result'), is: 'granted' },
                { field: attribute('step_up.requirement_met'), is: true },
              ],
            },
          ],
        },
        measures: [{ figure: 'distinct', field: STEP_UP_ID, label: 'Step-ups' }],
      },
      width: 24,
      height: 12,
      answer: [
        ['1 required', 10],
        ['2 challenged', 9],
        ['3 passed', 4],
        ['4 granted', 3],
      ],
    },
    {
      id: 'step-up-outcomes-by-day',
      title: 'Outcomes by day',
      question: 'How did step-ups end, day by day?',
      where: COMPLETED,
      chart: stackedCounts('Step-ups', BY_DAY, { by: 'values', field: OUTCOME, limit: 10, label: 'Outcome' }),
      width: 24,
      height: 12,
      answer: [
        ['2026-03-02', 'passed', 2],
        ['2026-03-02', 'failed', 1],
        ['2026-03-03', 'passed', 2],
        ['2026-03-03', 'abandoned', 1],
        ['2026-03-03', 'expired', 1],
        ['2026-03-04', 'denied_fraud', 1],
        ['2026-03-04', 'failed', 1],
        ['2026-03-04', 'locked_out', 1],
      ],
    },
    {
      id: 'step-up-failures-by-method',
      title: 'Failures by method',
      question: 'With which method do step-ups fail, and how?',
      where: [...COMPLETED, { field: OUTCOME, oneOf: ['failed', 'denied', 'denied_fraud', 'locked_out', 'error'] }],
      chart: stackedCounts('Step-ups', BY_METHOD, { by: 'values', field: OUTCOME, limit: 5, label: 'Outcome' }),
      width: 24,
      height: 12,
      answer: [
        ['totp', 'failed', 1],
        ['totp', 'locked_out', 1],
        ['push', 'denied_fraud', 1],
        ['webauthn', 'failed', 1],
      ],
    },
    {
      id: 'step-up-reasons',
      title: 'Why proof was demanded',
      question: 'What makes services demand a stronger proof?',
      where: REQUIRED,
      chart: stackedCounts(
        'Step-ups',
        { by: 'values', field: REASON, limit: 10, label: 'Reason' },
        { by: 'values', field: ACTION, limit: 10, label: 'Action', without: true },
      ),
      width: 24,
      height: 12,
      answer: [
        ['amount_threshold', 'payments.transfer', 7],
        ['acr_insufficient', 'payees.add', 3],
      ],
    },
    {
      id: 'step-up-time-by-method',
      title: 'Time to complete by method',
      question: 'How long does a passed step-up take with each method?',
      where: PASSED,
      chart: {
        chart: 'table',
        rows: [BY_METHOD],
        measures: [{ figure: 'count', label: 'Passed' }, ...DURATIONS],
      },
      width: 24,
      height: 10,
      answer: [
        ['webauthn', 3, 3_000, 4_800],
        ['totp', 1, 20_000, 20_000],
      ],
    },
    {
      id: 'step-up-time-by-day',
      title: 'Time to complete by day',
      question: 'Does it take people longer than it used to?',
      where: PASSED,
      chart: {
        chart: 'lines',
        across: BY_DAY,
        measures: DURATIONS,
      },
      width: 24,
      height: 10,
      answer: [
        ['2026-03-02', 2_000, 2_900],
        ['2026-03-03', 12_500, 19_250],
      ],
    },
    {
      id: 'step-up-abandonment-by-day',
      title: 'Abandonment by day',
      question: 'Which share of step-ups do people walk away from, or come too late for?',
      where: COMPLETED,
      chart: {
        chart: 'lines',
        across: BY_DAY,
        measures: [
          { figure: 'share', where: ABANDONED, label: 'Abandoned' },
          { figure: 'share', where: EXPIRED, label: 'Expired' },
        ],
      },
      width: 24,
      height: 10,
      answer: [
        ['2026-03-02', 0, 0],
        ['2026-03-03', 0.25, 0.25],
        ['2026-03-04', 0, 0],
      ],
    },
    {
      id: 'step-up-abandonment-by-method',
      title: 'Abandonment by method',
      question: 'With which method do people give up?',
      where: COMPLETED,
      chart: {
        chart: 'table',
        rows: [BY_METHOD],
        measures: [
          { figure: 'count', label: 'Ended' },
          { figure: 'count', where: ABANDONED, label: 'Abandoned' },
          { figure: 'count', where: EXPIRED, label: 'Expired' },
          { figure: 'share', where: [{ field: OUTCOME, oneOf: ['abandoned', 'expired'] }], label: 'Share of both' },
        ],
      },
      width: 24,
      height: 10,
      answer: [
        ['webauthn', 5, 0, 1, 0.2],
        ['totp', 3, 0, 0, 0],
        ['(none)', 1, 1, 0, 1],
        ['push', 1, 0, 0, 0],
      ],
    },
    {
      id: 'step-up-prompts-per-user',
      title: 'Prompts per user and day',
      question: 'How often is somebody who is asked at all asked a day?',
      where: CHALLENGED,
      chart: {
        chart: 'lines',
        across: BY_DAY,
        measures: [
          { figure: 'rate', per: USER, label: 'Prompts per user' },
          { figure: 'distinct', field: USER, label: 'Users' },
        ],
      },
      width: 24,
      height: 10,
      answer: [
        ['2026-03-02', 1.5, 2],
        ['2026-03-03', 1, 3],
        ['2026-03-04', 3, 1],
      ],
    },
    {
      id: 'step-up-most-prompted',
      title: 'Most prompted users',
      question:
        'Who was asked most often, on which day? Many prompts and few proofs may be somebody tired out by a thief.',
      where: CHALLENGED,
      chart: {
        chart: 'table',
        rows: [{ by: 'values', field: USER, limit: 3, label: 'User' }, BY_DAY],
        measures: [{ figure: 'count', label: 'Prompts' }],
      },
      width: 24,
      height: 10,
      answer: [
        ['user-a', '2026-03-02', 2],
        ['user-a', '2026-03-03', 1],
        ['user-c', '2026-03-04', 3],
        ['user-b', '2026-03-02', 1],
        ['user-b', '2026-03-03', 1],
      ],
    },
  ],
};
