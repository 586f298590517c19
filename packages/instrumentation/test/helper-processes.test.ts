// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stepUp } from '../src/helper.ts';
import { Processes } from './support/processes.ts';

let processes: Processes;

beforeEach(() => {
  processes = new Processes();
});

afterEach(() => {
  for (const { capture } of processes.all) capture.close();
  rmSync(processes.dataDir, { recursive: true, force: true });
});

/** What each process tells goes through the capture that was opened last: its own. */
const next = (): void => void processes.start();
const told = (): unknown[] =>
  processes.all.flatMap(({ records }) =>
    records.map(({ eventName, attributes }) => [
      eventName,
      attributes['step_up.attempt.number'],
      attributes['step_up.outcome'],
      attributes['step_up.duration_source'],
    ]),
  );

test('a step-up that one process demands and others answer is one, numbered through, with one end', () => {
  const about = { user: 'user-1', session: 'session-1' };
  next();
  const id = stepUp.required({ ...about, reason: 'risk_score', action: 'payments.transfer' });
  next();
  expect(stepUp.attempted({ ...about, method: 'sms', errorType: 'bad_code' })).toBe(id);
  next();
  expect(stepUp.attempted({ ...about, method: 'sms', errorType: 'bad_code' })).toBe(id);
  expect(stepUp.completed({ ...about, method: 'sms', outcome: 'passed' })).toBe(id);
  next();
  stepUp.completed({ stepUpId: id, method: 'sms', outcome: 'failed' });
  expect(told()).toEqual([
    ['step_up.required', undefined, undefined, undefined],
    ['step_up.attempted', 1, undefined, 'derived'],
    ['step_up.attempted', 2, undefined, 'derived'],
    ['step_up.completed', 3, 'passed', 'derived'],
  ]);
});

test('an id that the service made up ends once over all processes', () => {
  for (const outcome of ['denied', 'passed', 'expired'] as const) {
    next();
    stepUp.completed({ stepUpId: 'order-7', user: 'user-1', method: 'push', outcome });
  }
  expect(told()).toEqual([['step_up.completed', undefined, 'denied', 'paired']]);
});
