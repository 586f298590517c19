// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { GRANTED_WITHOUT_STEP_UP } from './dashboards/granted-without-step-up.ts';
import { INTEGRITY } from './dashboards/integrity.ts';
import { ONE_STEP_UP } from './dashboards/one-step-up.ts';
import { STEP_UP_OVERVIEW } from './dashboards/step-up-overview.ts';
import { ACTION, attribute, EVENT, METHOD, OUTCOME, REASON, STEP_UP_ID, USER } from './fields.ts';
import type { Dashboard, Documents } from './panel.ts';
import { event } from './shapes.ts';
import type { Where } from './where.ts';

/** The dashboards, in the order in which one reads them. */
export const DASHBOARDS: readonly Dashboard[] = [STEP_UP_OVERVIEW, GRANTED_WITHOUT_STEP_UP, INTEGRITY, ONE_STEP_UP];

/** Documents to look at in Discover, without a dashboard around them. */
export interface SavedSearch {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly where: Where;
  readonly documents: Documents;
}

const STEP_UP_COLUMNS = [EVENT, STEP_UP_ID, USER, ACTION, METHOD, OUTCOME, 'body.text'];

export const SAVED_SEARCHES: readonly SavedSearch[] = [
  {
    id: 'stepseal-search-step-ups',
    title: 'Stepseal: all events of step-ups',
    description: 'Every event that belongs to a step-up, the newest first.',
    where: [{ field: STEP_UP_ID, exists: true }],
    documents: { chart: 'documents', columns: STEP_UP_COLUMNS },
  },
  {
    id: 'stepseal-search-demands',
    title: 'Stepseal: demands for a stronger proof',
    description: 'What was demanded of whom, and why.',
    where: event('step_up.required'),
    documents: { chart: 'documents', columns: [STEP_UP_ID, USER, ACTION, REASON, 'body.text'] },
  },
  {
    id: 'stepseal-search-failures',
    title: 'Stepseal: step-ups that failed',
    description: 'Failed, denied, locked out or ended in an error.',
    where: [
      ...event('step_up.completed'),
      { field: OUTCOME, oneOf: ['failed', 'denied', 'denied_fraud', 'locked_out', 'error'] },
    ],
    documents: { chart: 'documents', columns: [...STEP_UP_COLUMNS, attribute('error.type')] },
  },
  {
    id: 'stepseal-search-granted-without-proof',
    title: 'Stepseal: granted without the demanded proof',
    description: 'Accesses that were granted although the demanded proof was not at hand.',
    where: [
      ...event('step_up.access'),
      { field: attribute('step_up.access.result'), is: 'granted' },
      { field: attribute('step_up.requirement_met'), is: false },
    ],
    documents: { chart: 'documents', columns: [STEP_UP_ID, ACTION, USER, METHOD, 'body.text'] },
  },
  {
    id: 'stepseal-search-enrolments',
    title: 'Stepseal: factors added, removed or reset',
    description: 'Changes to what people prove themselves with.',
    where: event('step_up.enrolled'),
    documents: { chart: 'documents', columns: [USER, METHOD, attribute('step_up.enrolment.change'), 'body.text'] },
  },
  {
    id: 'stepseal-search-verifications',
    title: 'Stepseal: verifications',
    description: 'What each verification found.',
    where: event('stepseal.verified'),
    documents: {
      chart: 'documents',
      columns: [attribute('stepseal.verified.grade'), attribute('stepseal.verified.codes'), 'body.text'],
    },
  },
  {
    id: 'stepseal-search-declared-losses',
    title: 'Stepseal: declared losses',
    description: 'Records that the trail says were lost, refused for good, or deleted by retention.',
    where: [{ field: EVENT, oneOf: ['stepseal.gap', 'stepseal.undelivered', 'stepseal.prune'] }],
    documents: { chart: 'documents', columns: [EVENT, 'body.text', attribute('stepseal.gap.cause')] },
  },
];
