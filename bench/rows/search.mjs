// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Searches of a million records by a process that starts cold, from its start to its last line.
//
//   node --expose-gc bench/rows/search.mjs

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { report } from '../support/report.mjs';
import { takeTurns } from '../support/rounds.mjs';
import { scratch } from '../support/scratch.mjs';
import { segmentsOf } from '../support/segments.mjs';
import { newIdentity, writeTrail } from '../support/trail.mjs';

const MILLION = 1_000_000;
const BYTES_A_RECORD = 1_900;
const EVENT_NAMES = ['step_up.required', 'step_up.challenged', 'step_up.completed', 'step_up.access'];
const EVENTS_A_STEP_UP = EVENT_NAMES.length;
const USERS = 10_000;
const FAILED_IN = 50;
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

const directory = scratch(1.1 * MILLION * BYTES_A_RECORD);
await writeTrail(directory, { size: 'S', count: MILLION, identity: newIdentity(), vary: asStepUps });
const megabytes = segmentsOf(directory).reduce((sum, path) => sum + statSync(path).size, 0) / 1e6;

/** What each event of a step-up says in addition. */
function asStepUps({ attributes, ...record }, index) {
  const number = Math.floor(index / EVENTS_A_STEP_UP);
  const failed = number % FAILED_IN === 0;
  const place = index % EVENTS_A_STEP_UP;
  const more = [
    { 'step_up.trigger.reason': 'acr_insufficient' },
    { 'step_up.method': 'webauthn' },
    { 'step_up.method': 'webauthn', 'step_up.outcome': failed ? 'failed' : 'passed' },
    { 'step_up.access.result': failed ? 'blocked' : 'granted', 'step_up.requirement_met': !failed },
  ][place];
  return {
    ...record,
    eventName: EVENT_NAMES[place],
    attributes: {
      ...attributes,
      ...more,
      'step_up.id': `step-up-${number}`.padEnd(22, '-'),
      'user.hash': `user-${number % USERS}`.padEnd(22, '-'),
    },
  };
}

/** Milliseconds of one search; throws unless as many step-ups match as were written. */
function search(filter, expected) {
  return () => {
    const start = performance.now();
    const { stdout, status } = spawnSync(process.execPath, [MAIN, 'search', '--dir', directory, ...filter, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const took = performance.now() - start;
    const { matched } = JSON.parse(stdout);
    if (status !== 0 || !expected(matched)) throw new Error(`search ${filter.join(' ')} found ${matched} step-ups`);
    return took;
  };
}

const stepUps = MILLION / EVENTS_A_STEP_UP;
const SEARCHES = {
  user: search(['--user', 'user-77'.padEnd(22, '-')], (matched) => matched === stepUps / USERS),
  outcome: search(['--outcome', 'failed'], (matched) => matched === stepUps / FAILED_IN),
  // Each record has its own of four routes.
  route: search(['--action', '/transfers'], (matched) => matched > stepUps / 2 && matched < stepUps),
};
const samples = await takeTurns(SEARCHES, { rounds: 5, warmUp: 1 });
for (const name of Object.keys(SEARCHES)) {
  report({
    id: `search.${name}`,
    what: `by ${name}, from the start of the process to its last line`,
    unit: 'ms',
    samples: samples[name],
    atMost: 2000,
    beside: `${megabytes.toFixed(0)} MB in ${segmentsOf(directory).length} segments`,
  });
}
process.exit();
