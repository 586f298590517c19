// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Verification of a trail of rolled segments, every note checked, against a bare loop over the same lines.
//
//   node --expose-gc bench/rows/verify.mjs

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { directorySource, parseTrustPolicy, verify } from '@stepseal/verifier';
import { hashAll } from '../support/bare-loops.mjs';
import { perSecond, report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';
import { scratch } from '../support/scratch.mjs';
import { segmentsOf } from '../support/segments.mjs';
import { newIdentity, trusting, writeTrail } from '../support/trail.mjs';

const MILLION = 1_000_000;
const BYTES_A_RECORD = 1_700;

const directory = scratch(5.5 * MILLION * BYTES_A_RECORD);
const identity = newIdentity();
const policy = trusting(identity);
const first = join(directory, 'first');
await writeTrail(first, { size: 'S', count: MILLION, identity });

const paths = segmentsOf(first);
let records = 0;

async function timed(run) {
  const start = performance.now();
  records = await run();
  return (performance.now() - start) * 1000;
}

async function verifyAll() {
  const result = await verify({ sources: [directorySource(first)], trust: parseTrustPolicy(policy) });
  if (result.grade !== 'SEALED') throw new Error(`the trail is ${result.grade}`);
  return result.records;
}

const samples = await takeTurns(
  { ours: () => timed(verifyAll), bare: () => timed(() => hashAll(paths)) },
  { rounds: 5, warmUp: 1 },
);
const rate = (name) => perSecond(spread(samples[name]).median / records);
report({
  id: 'verify.wall',
  what: `speed over ${records.toLocaleString('en')} records in ${paths.length} segments`,
  unit: '%',
  samples: ratios(samples, 'bare', 'ours').map((ratio) => ratio * 100),
  atLeast: 80,
  beside: `${rate('ours')} against ${rate('bare')}`,
});

/** Highest resident memory in MB of a process that verifies all trails below a directory and does nothing else. */
function peakMemory(source, times) {
  const once = fileURLToPath(new URL('../support/verify-once.mjs', import.meta.url));
  const peak = () => Number(execFileSync(process.execPath, [once, source, policy], { encoding: 'utf8' }));
  return Array.from({ length: times }, peak);
}

const one = peakMemory(first, 3);
report({
  id: 'verify.memory.1M',
  what: 'highest resident memory, 1,000,000 records',
  unit: 'MB',
  samples: one,
  atMost: 200,
  beside: '',
});
await writeTrail(join(directory, 'more'), { size: 'S', count: 4 * MILLION, identity });
const five = peakMemory(directory, 1);
report({
  id: 'verify.memory.5M',
  what: 'the same, 5,000,000 records',
  unit: 'MB',
  samples: five,
  atMost: 200,
  beside: '',
});
report({
  id: 'verify.memory.growth',
  what: 'memory at 5,000,000 records over that at 1,000,000',
  unit: 'x',
  samples: five.map((peak) => peak / spread(one).median),
  // No more, but for a tenth that the garbage collector may take or leave.
  atMost: 1.1,
  beside: '',
});
process.exit();
