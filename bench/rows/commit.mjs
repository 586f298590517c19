// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Records a second of which somebody was told that they survive a power cut, against the same lines written and synced in
// groups by a loop that does nothing else. Each committer waits for one record before it makes the next.
//
//   node --expose-gc bench/rows/commit.mjs

import { fdatasync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { makeRecords } from '../support/records.mjs';
import { report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';
import { scratch } from '../support/scratch.mjs';
import { forEachRecord, segmentsOf } from '../support/segments.mjs';
import { startTrail } from '../support/trail.mjs';

const ROUND_MS = 200;
const DISTINCT = 2_048;
const TARGET = 70;
const COMMITTERS = [
  [1, TARGET],
  [4, TARGET],
  [16, TARGET],
  [64, undefined],
  [256, undefined],
];

const directory = scratch(8e9);
const dataDir = join(directory, 'trail');
const records = makeRecords('M', DISTINCT);
const { pipeline, problems } = startTrail(dataDir);
for (const record of records) pipeline.loggerProvider.getLogger('bench').emit(record);
await pipeline.forceFlush();

const lines = [];
for (const path of segmentsOf(dataDir)) forEachRecord(path, (line) => lines.push(Buffer.from(`${line}\n`)));

/** Writes lines as they come; one fdatasync is under way at most, and the next one covers all that came meanwhile. */
class RawGroupCommit {
  #fd = openSync(join(directory, 'raw'), 'a');
  #waiting = [];
  #syncing = false;

  commit(line) {
    writeSync(this.#fd, line);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#sync();
    });
  }

  #sync() {
    if (this.#syncing || this.#waiting.length === 0) return;
    this.#syncing = true;
    const covered = this.#waiting;
    this.#waiting = [];
    fdatasync(this.#fd, (error) => {
      if (error) throw error;
      this.#syncing = false;
      for (const resolve of covered) resolve(true);
      this.#sync();
    });
  }
}

const raw = new RawGroupCommit();
let turn = 0;
const commitRaw = () => raw.commit(lines[turn++ % lines.length]);
const commitOurs = () => pipeline.commit(records[turn++ % DISTINCT]);

/** Thousands of acknowledged records a second. */
function acknowledged(committers, commit) {
  return async () => {
    const start = performance.now();
    let count = 0;
    const committer = async () => {
      while (performance.now() - start < ROUND_MS) {
        if (!(await commit())) throw new Error('a record was not made durable');
        count++;
      }
    };
    await Promise.all(Array.from({ length: committers }, committer));
    return count / (performance.now() - start);
  };
}

for (const [committers, atLeast] of COMMITTERS) {
  const samples = await takeTurns(
    { ours: acknowledged(committers, commitOurs), raw: acknowledged(committers, commitRaw) },
    { rounds: 19, warmUp: 3 },
  );
  const rate = (name) => `${spread(samples[name]).median.toFixed(1)} k/s`;
  report({
    id: `commit.${committers}`,
    what: committers === 1 ? '1 committer' : `${committers} committers`,
    unit: '%',
    samples: ratios(samples, 'ours', 'raw').map((ratio) => ratio * 100),
    ...(atLeast === undefined ? {} : { atLeast }),
    beside: `${rate('ours')} against ${rate('raw')}`,
  });
}
await pipeline.shutdown();
if (problems.length > 0) throw new Error(`sealing reports ${problems[0].code}`);
process.exit();
