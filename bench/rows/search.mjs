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
import { asStepUps, EVENTS_A_STEP_UP, FAILED_IN, userHash } from '../support/step-ups.mjs';
import { newIdentity, writeTrail } from '../support/trail.mjs';

const MILLION = 1_000_000;
const BYTES_A_RECORD = 1_900;
const USERS = 10_000;
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

const directory = scratch(1.1 * MILLION * BYTES_A_RECORD);
await writeTrail(directory, { size: 'S', count: MILLION, identity: newIdentity(), vary: asStepUps(USERS) });
const megabytes = segmentsOf(directory).reduce((sum, path) => sum + statSync(path).size, 0) / 1e6;

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
  user: search(['--user', userHash(77)], (matched) => matched === stepUps / USERS),
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
