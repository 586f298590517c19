// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Throughput of a request that triggers no step-up, with and without `--import @stepseal/instrumentation/register`: two
// processes of the same service, asked in turns over connections that are kept alive.
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
const CONNECTIONS = 16;
const REQUESTS = 3_000;

/** Asked before each round and not counted: the other process had the caches meanwhile. */
const WARM_UP = 300;
const TARGET = 3;

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

const ours = await start(['@stepseal/instrumentation/register']);
const bare = await start([]);
const samples = await takeTurns({ ours: ours.round, bare: bare.round }, { rounds: 41, warmUp: 6 });
const lost = (of) => ratios(of, 'ours', 'bare').map((ratio) => (1 - ratio) * 100);
const rate = (values) => `${(spread(values).median / 1000).toFixed(1)} k/s`;
report({
  id: `untouched-request.${framework}`,
  what: `${framework}, a second of processor time`,
  unit: '%',
  samples: lost(samples),
  atMost: TARGET,
  beside: `${rate(samples.ours)} against ${rate(samples.bare)}`,
});
report({
  id: `untouched-request.${framework}.wall`,
  what: `${framework}, a second`,
  unit: '%',
  samples: lost({ ours: ours.wall, bare: bare.wall }),
  beside: `${rate(ours.wall)} against ${rate(bare.wall)}`,
});
ours.stop();
bare.stop();
