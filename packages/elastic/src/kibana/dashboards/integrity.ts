// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { attribute, EVENT, SERVICE, STREAM, TIME } from '../fields.ts';
import type { Dashboard } from '../panel.ts';
import { BY_DAY, event, newest, stackedCounts } from '../shapes.ts';
import type { Where } from '../where.ts';

const VERIFIED = event('stepseal.verified');
/** Each of them carries a note. */
const SEALING: Where = [{ field: EVENT, oneOf: ['stepseal.stream.open', 'stepseal.seal', 'stepseal.stream.close'] }];
const GAP = event('stepseal.gap');
const DECLARED: Where = [{ field: EVENT, oneOf: ['stepseal.gap', 'stepseal.undelivered', 'stepseal.prune'] }];
const GRADE = attribute('stepseal.verified.grade');
const CODES = attribute('stepseal.verified.codes');
const LOST = attribute('stepseal.gap.count');
const CAUSE = attribute('stepseal.gap.cause');

export const INTEGRITY: Dashboard = {
  id: 'stepseal-integrity',
  title: 'Integrity',
  description:
    'What the last verifications found, how old the last seal of each stream is, and which losses are declared. It shows what ' +
    'was recorded; whether that is true is for `stepseal verify` to say.',
  since: 'now-7d',
  panels: [
    {
      id: 'integrity-last-verification',
      title: 'Last verification',
      question: 'When was it last verified, with what verdict, and how much?',
      where: VERIFIED,
      chart: {
        chart: 'table',
        rows: [
          { by: 'values', field: attribute('audit.actor.id'), limit: 20, order: 'asc', label: 'Verifier' },
          { by: 'values', field: attribute('audit.target.id'), limit: 20, order: 'asc', label: 'Verified' },
        ],
        measures: [
          newest(GRADE, 'Verdict'),
          newest(TIME, 'At'),
          { figure: 'age', where: VERIFIED, label: 'Minutes ago' },
          newest(attribute('stepseal.verified.records'), 'Records read'),
          newest(attribute('stepseal.verified.findings.tampered'), 'Tampered'),
          newest(attribute('stepseal.verified.findings.incomplete'), 'Incomplete'),
        ],
      },
      width: 48,
      height: 8,
      answer: [
        [
          'test/verifier',
          'logs-stepseal.audit.otel-*',
          'TAMPERED',
          '2026-03-04T12:00:00.000Z',
          '2026-03-04T12:00:00.000Z',
          120,
          1,
          1,
        ],
      ],
    },
    {
      id: 'integrity-verdicts',
      title: 'Verdicts by day',
      question: 'Was every day verified, and how did it end?',
      where: VERIFIED,
      chart: stackedCounts('Verifications', BY_DAY, { by: 'values', field: GRADE, limit: 6, label: 'Verdict' }),
      width: 24,
      height: 10,
      answer: [
        ['2026-03-03', 'SEALED', 2],
        ['2026-03-04', 'INCOMPLETE', 1],
        ['2026-03-04', 'TAMPERED', 1],
      ],
    },
    {
      id: 'integrity-findings',
      title: 'Findings',
      question: 'What did verifications find, how often, and when last?',
      where: VERIFIED,
      chart: {
        chart: 'table',
        rows: [{ by: 'values', field: CODES, limit: 50, label: 'Finding' }],
        measures: [{ figure: 'count', label: 'Verifications' }, newest(TIME, 'Last')],
      },
      width: 24,
      height: 10,
      answer: [
        ['NOT_YET_DELIVERED', 2, '2026-03-04T12:00:00.000Z'],
        ['PROJECTION_MISMATCH', 1, '2026-03-04T12:00:00.000Z'],
      ],
    },
    {
      id: 'integrity-last-seal',
      title: 'Last seal of each stream',
      question:
        'Is a stream silent that was never closed? A healthy one is sealed at least every minute until it closes.',
      where: SEALING,
      chart: {
        chart: 'table',
        rows: [
          { by: 'values', field: STREAM, limit: 200, order: 'desc', label: 'Stream' },
          { by: 'values', field: SERVICE, limit: 1, order: 'asc', without: true, label: 'Service' },
        ],
        measures: [
          newest(TIME, 'Last seal'),
          { figure: 'age', where: SEALING, label: 'Minutes ago' },
          { figure: 'count', where: event('stepseal.stream.close'), label: 'Closed' },
        ],
      },
      width: 48,
      height: 12,
      answer: [['*', 'panels-of-the-tests', '*', '*', 1]],
    },
    {
      id: 'integrity-declared',
      title: 'What was declared',
      question: 'Which losses and deletions did the trail itself declare?',
      where: DECLARED,
      chart: {
        chart: 'table',
        rows: [
          {
            by: 'conditions',
            label: 'Declared',
            groups: [
              { label: 'lost before sealing', where: GAP },
              { label: 'refused by the receiver', where: event('stepseal.undelivered') },
              { label: 'deleted by retention', where: event('stepseal.prune') },
            ],
          },
        ],
        measures: [
          { figure: 'count', label: 'Declarations' },
          { figure: 'sum', field: LOST, label: 'Records lost' },
          { figure: 'sum', field: attribute('stepseal.prune.size'), label: 'Records deleted' },
        ],
      },
      width: 24,
      height: 10,
      answer: [
        ['lost before sealing', 3, 11, 0],
        ['refused by the receiver', 1, 0, 0],
        ['deleted by retention', 1, 0, 40],
      ],
    },
    {
      id: 'integrity-losses-by-cause',
      title: 'Declared losses by cause',
      question: 'Why were records lost?',
      where: GAP,
      chart: {
        chart: 'table',
        rows: [{ by: 'values', field: CAUSE, limit: 20, label: 'Cause' }],
        measures: [
          { figure: 'sum', field: LOST, label: 'Records lost' },
          { figure: 'count', label: 'Declarations' },
          newest(TIME, 'Last'),
        ],
      },
      width: 24,
      height: 10,
      answer: [
        ['disk_full', 10, 2, '2026-03-03T15:00:00.000Z'],
        ['refused', 1, 1, '*'],
      ],
    },
    {
      id: 'integrity-declarations',
      title: 'Each declaration',
      question: 'Which records declare it?',
      where: DECLARED,
      chart: { chart: 'documents', columns: [EVENT, CAUSE, LOST, attribute('stepseal.undelivered.answer'), STREAM] },
      width: 48,
      height: 12,
      answer: [
        ['stepseal.gap', 'refused', 1, null, '*'],
        ['stepseal.prune', null, null, null, '*'],
        ['stepseal.undelivered', null, null, '400', '*'],
        ['stepseal.gap', 'disk_full', 6, null, '*'],
        ['stepseal.gap', 'disk_full', 4, null, '*'],
      ],
    },
  ],
};
