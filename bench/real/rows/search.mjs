// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Searches of a million events in Elasticsearch by a process that starts cold, from its start to its last line.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { report } from '../../support/report.mjs';
import { takeTurns } from '../../support/rounds.mjs';
import { EVENTS_A_STEP_UP, FAILED_IN, userHash } from '../../support/step-ups.mjs';
import { call, STREAM, server } from '../support/server.mjs';
import { TookProxy } from '../support/took-proxy.mjs';
import { USERS } from '../support/trail.mjs';

const MAIN = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const NEWEST = 50;
const SERVER_RUNS = 40;
/** Not counted: the engine of a server that runs for months has compiled what it does often. */
const SERVER_WARM_UP = 40;
const [events] = process.argv.slice(2).map(Number);
const stepUps = events / EVENTS_A_STEP_UP;

const SEARCHES = {
  user: { filter: ['--user', userHash(77)], matches: (matched) => matched >= Math.floor(stepUps / USERS) },
  outcome: { filter: ['--outcome', 'failed'], matches: (matched) => matched === stepUps / FAILED_IN },
  // Each record has its own of four routes.
  route: { filter: ['--action', '/transfers'], matches: (matched) => matched > stepUps / 2 && matched < stepUps },
};

/** Milliseconds of one search at this address; throws unless it showed the newest of as many as were written. */
async function search({ filter, matches }, url) {
  const args = [MAIN, 'search', '--elasticsearch', url, ...filter, '--limit', String(NEWEST), '--json'];
  const { PATH } = process.env;
  // Else the server would repeat its answer to the same question.
  await call('POST', `/${STREAM}/_cache/clear?request=true`);
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH, STEPSEAL_ELASTICSEARCH_USER: server.user, STEPSEAL_ELASTICSEARCH_PASSWORD: server.password },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');
  const took = performance.now() - start;
  const { matched, stepUps: shown } = JSON.parse(stdout);
  if (code !== 0 || shown.length !== Math.min(NEWEST, matched) || !matches(matched)) {
    throw new Error(`search ${filter.join(' ')} showed ${shown.length} of ${matched} step-ups`);
  }
  return took;
}

const samples = await takeTurns(
  Object.fromEntries(Object.entries(SEARCHES).map(([name, asked]) => [name, () => search(asked, server.url)])),
  { rounds: 7, warmUp: 1 },
);
const proxy = await TookProxy.before(server.url);
for (const [name, asked] of Object.entries(SEARCHES)) {
  const took = [];
  let requests = 0;
  for (let run = -SERVER_WARM_UP; run < SERVER_RUNS; run++) {
    proxy.reset();
    await search(asked, proxy.url);
    if (run >= 0) took.push(proxy.tookMs);
    requests = proxy.requests;
  }
  took.sort((a, b) => a - b);
  report({
    id: `real.search.${name}`,
    what: `by ${name}, from the start of the process to its last line`,
    unit: 'ms',
    samples: samples[name],
    atMost: 1000,
    beside: `${requests} requests`,
  });
  report({
    id: `real.search.${name}.server`,
    what: `by ${name}, the server's part, 95th percentile`,
    unit: 'ms',
    samples: [took[Math.ceil(SERVER_RUNS * 0.95) - 1]],
    atMost: 50,
    beside: `median ${took[SERVER_RUNS >> 1]} ms`,
  });
}
process.exit();
