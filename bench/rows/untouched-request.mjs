// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Throughput of a request that triggers no step-up, with and without `--import @stepseal/instrumentation/register`:
// processes of the same service, asked in short turns over connections that are kept alive. Two processes of one program
// differ by a few per cent for their life, by where memory and compiled code happen to lie, so there are several sets. One
// in each only loads the modules that the preload does: what Stepseal costs once it is started is what is lost beside that.
//
//   node --expose-gc bench/rows/untouched-request.mjs express

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openConnections } from '../support/keep-alive-client.mjs';
import { report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';
import { scratch } from '../support/scratch.mjs';

const [framework = 'express'] = process.argv.slice(2);
const SETS = 8;
const ROUNDS = 60;

/** About 35,000 requests: only then has the engine compiled what it will, and a request takes half of what it did at first. */
const WARM_UP_ROUNDS = 80;
const CONNECTIONS = 16;
const REQUESTS = 400;

/** Asked before each round and not counted: the other process had the caches meanwhile. */
const WARM_UP = 40;
const TARGET = 3;

const PRELOADS = {
  ours: ['@stepseal/instrumentation/register'],
  modules: [
    '@stepseal/processor',
    '@stepseal/processor/config',
    '@stepseal/processor/keys',
    '@stepseal/instrumentation',
  ],
  bare: [],
};

const directory = scratch();
const path = fileURLToPath(new URL('../support/http-server.mjs', import.meta.url));

async function start(preloads) {
  const child = fork(path, [framework], {
    execArgv: preloads.flatMap((preload) => ['--import', preload]),
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    env: { ...process.env, STEPSEAL_DATA_DIR: join(directory, 'data') },
  });
  const [{ port }] = await once(child, 'message');
  const connections = await openConnections(port, CONNECTIONS);
  const processorMs = async () => {
    child.send('how much');
    const [{ cpu }] = await once(child, 'message');
    return (cpu.user + cpu.system) / 1000;
  };
  const wall = [];
  return {
    wall,
    /** Requests a second of the server's processor time. */
    round: async (round) => {
      await connections.ask(WARM_UP);
      const before = await processorMs();
      const begun = performance.now();
      await connections.ask(REQUESTS);
      const tookMs = performance.now() - begun;
      const usedMs = (await processorMs()) - before;
      if (round >= 0) wall.push((REQUESTS / tookMs) * 1000);
      return (REQUESTS / usedMs) * 1000;
    },
    stop: () => {
      connections.close();
      child.disconnect();
    },
  };
}

const lost = [];
const lostOnTheWall = [];
const lostBesideModules = [];
const rates = { ours: [], bare: [] };

/** In per cent, from the middle of the rounds of one set. */
const lossOf = (samples, peer) => (1 - spread(ratios(samples, 'ours', peer)).median) * 100;

const each = (of) => Object.fromEntries(Object.keys(PRELOADS).map((name) => [name, of(name)]));

for (let set = 0; set < SETS; set++) {
  // Who starts first differs: where memory happens to lie depends on what was started before.
  const names = Object.keys(PRELOADS);
  const processes = {};
  for (let at = 0; at < names.length; at++) {
    const name = names[(at + set) % names.length];
    processes[name] = await start(PRELOADS[name]);
  }
  const samples = await takeTurns(
    each((name) => processes[name].round),
    { rounds: ROUNDS, warmUp: WARM_UP_ROUNDS },
  );
  lost.push(lossOf(samples, 'bare'));
  lostBesideModules.push(lossOf(samples, 'modules'));
  lostOnTheWall.push(
    lossOf(
      each((name) => processes[name].wall),
      'bare',
    ),
  );
  rates.ours.push(spread(samples.ours).median);
  rates.bare.push(spread(samples.bare).median);
  for (const { stop } of Object.values(processes)) stop();
}

const rate = (values) => `${(spread(values).median / 1000).toFixed(1)} k/s`;
report({
  id: `untouched-request.${framework}`,
  what: `${framework}, a second of processor time`,
  unit: '%',
  samples: lost,
  atMost: TARGET,
  beside: `${rate(rates.ours)} against ${rate(rates.bare)}`,
});
report({
  id: `untouched-request.${framework}.capture`,
  what: `${framework}, beside one that only loads the modules`,
  unit: '%',
  samples: lostBesideModules,
});
report({
  id: `untouched-request.${framework}.wall`,
  what: `${framework}, a second`,
  unit: '%',
  samples: lostOnTheWall,
});
