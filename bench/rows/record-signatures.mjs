// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// What signing every record adds to the event loop, against one signature made on it.
//
//   node --expose-gc bench/rows/record-signatures.mjs M|S

import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { ownPipeline } from '../support/pipelines.mjs';
import { processorTime, sinceMicros } from '../support/processor-time.mjs';
import { makeRecords } from '../support/records.mjs';
import { micros, report } from '../support/report.mjs';
import { spread, takeTurns } from '../support/rounds.mjs';
import { countSignatures } from '../support/trail.mjs';

const [size = 'M'] = process.argv.slice(2);

const BURST = 512;
const BURSTS = 10;
const HANDFUL = 64;
const SIGNATURES = 2_000;

/** Microseconds of this thread for an event, until all are sealed and, where that is on, signed. */
function contender(pipeline) {
  return async () => {
    let time = 0;
    const spent = async (work) => {
      const start = processorTime();
      await work();
      time += sinceMicros(start);
    };
    for (let burst = 0; burst < BURSTS; burst++) {
      for (let emitted = 0; emitted < BURST; emitted += HANDFUL) {
        const records = makeRecords(size, HANDFUL);
        await spent(() => {
          for (const record of records) pipeline.logger.emit(record);
        });
      }
      // The thread that signs is the slower one: a burst waits for it, or it would be measured without it.
      await spent(() => pipeline.flush());
    }
    return time / (BURST * BURSTS);
  };
}

const { privateKey } = generateKeyPairSync('ed25519');
const payload = Buffer.alloc(1_900, 'x');

function bare() {
  const start = processorTime();
  for (let i = 0; i < SIGNATURES; i++) sign(null, payload, privateKey);
  return sinceMicros(start) / SIGNATURES;
}

const pipelines = { off: await ownPipeline(), on: await ownPipeline({ seal: { recordSignatures: true } }) };
const samples = await takeTurns(
  { off: contender(pipelines.off), on: contender(pipelines.on), bare },
  { rounds: 9, warmUp: 3 },
);
const emitted = 12 * BURST * BURSTS;
assert.equal(pipelines.on.delivered(), emitted, 'a record is missing');
assert.ok(countSignatures(pipelines.on.dataDir) >= emitted, 'a record has no signature');
assert.equal(countSignatures(pipelines.off.dataDir), 0, 'records were signed without being asked for');
for (const pipeline of Object.values(pipelines)) await pipeline.stop();

const added = samples.on.map((value, round) => value - samples.off[round]);
report({
  id: `record-signatures.${size}`,
  what: `own pipeline, ${size === 'M' ? 'typical' : 'small'} event`,
  unit: 'x',
  samples: added.map((value, round) => value / samples.bare[round]),
  atMost: 0.7,
  beside: `${micros(spread(added).median)} added / ${micros(spread(samples.bare).median)} a signature`,
});
process.exit();
