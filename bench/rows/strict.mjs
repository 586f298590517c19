// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Verification with every payload proved to be canonical, against JSON.parse and the record's hash.
//
//   node --expose-gc bench/rows/strict.mjs

import { performance } from 'node:perf_hooks';
import { directorySource, parseTrustPolicy, verify } from '@stepseal/verifier';
import { parseAll } from '../support/bare-loops.mjs';
import { perSecond, report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';
import { scratch } from '../support/scratch.mjs';
import { segmentsOf } from '../support/segments.mjs';
import { newIdentity, trusting, writeTrail } from '../support/trail.mjs';

const COUNT = 250_000;

const directory = scratch(COUNT * 2_000);
const identity = newIdentity();
const trust = parseTrustPolicy(trusting(identity));
await writeTrail(directory, { size: 'S', count: COUNT, identity });
const paths = segmentsOf(directory);

async function timed(run) {
  const start = performance.now();
  const records = await run();
  return ((performance.now() - start) * 1000) / records;
}

async function verifyAll() {
  const { grade, records } = await verify({ sources: [directorySource(directory)], trust, strict: true });
  if (grade !== 'SEALED') throw new Error(`the trail is ${grade}`);
  return records;
}

const samples = await takeTurns(
  { ours: () => timed(verifyAll), bare: () => timed(() => parseAll(paths)) },
  { rounds: 7, warmUp: 1 },
);
const rate = (name) => perSecond(spread(samples[name]).median);
report({
  id: 'strict.wall',
  what: `strict mode over ${COUNT.toLocaleString('en')} records`,
  unit: '%',
  samples: ratios(samples, 'bare', 'ours').map((ratio) => ratio * 100),
  atLeast: 100,
  beside: `${rate('ours')} against ${rate('bare')}`,
});
process.exit();
