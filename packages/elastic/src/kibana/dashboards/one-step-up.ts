// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ACTION, attribute, EVENT, METHOD, OUTCOME, REASON, SERVICE, STEP_UP_ID, STREAM, USER } from '../fields.ts';
import type { Dashboard } from '../panel.ts';
import { newest } from '../shapes.ts';

const RESULT = attribute('step_up.access.result');

export const ONE_STEP_UP: Dashboard = {
  id: 'stepseal-one-step-up',
  title: 'One step-up',
  description: 'All events of one step-up, over all services and processes. Choose its id at the top.',
  since: 'now-90d',
  choose: { field: STEP_UP_ID, label: 'Step-up', example: 'step-up-5' },
  panels: [
    {
      id: 'one-step-up-summary',
      title: 'How it went',
      question: 'Why was it demanded, how was it answered, what came of it?',
      where: [{ field: STEP_UP_ID, exists: true }],
      chart: {
        chart: 'table',
        rows: [{ by: 'values', field: STEP_UP_ID, limit: 50, label: 'Step-up' }],
        measures: [
          { figure: 'count', label: 'Events' },
          newest(USER, 'User'),
          newest(ACTION, 'Action'),
          newest(REASON, 'Reason'),
          newest(METHOD, 'Method'),
          newest(OUTCOME, 'Outcome'),
          newest(RESULT, 'Access'),
          newest(attribute('step_up.duration_ms'), 'Took (ms)'),
        ],
      },
      width: 48,
      height: 8,
      answer: [
        ['step-up-5', 4, 'user-b', 'payments.transfer', 'amount_threshold', 'webauthn', 'expired', 'granted', 30_000],
      ],
    },
    {
      id: 'one-step-up-events',
      title: 'All its events',
      question: 'What happened, in which order, and under which seal does it lie?',
      where: [{ field: STEP_UP_ID, exists: true }],
      chart: {
        chart: 'documents',
        oldestFirst: true,
        columns: [
          EVENT,
          'body.text',
          METHOD,
          OUTCOME,
          RESULT,
          SERVICE,
          STREAM,
          attribute('audit.sequence.number'),
          attribute('audit.integrity.seal'),
        ],
      },
      width: 48,
      height: 24,
      answer: [
        ['step_up.required', '*', null, null, null, 'panels-of-the-tests', '*', '*', '*'],
        ['step_up.challenged', '*', 'webauthn', null, null, 'panels-of-the-tests', '*', '*', '*'],
        ['step_up.completed', '*', 'webauthn', 'expired', null, 'panels-of-the-tests', '*', '*', '*'],
        ['step_up.access', '*', 'webauthn', null, 'granted', 'panels-of-the-tests', '*', '*', '*'],
      ],
    },
  ],
};
