// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// What one event costs the processor until it has arrived at a server: sealed and delivered, against exported as
// OpenTelemetry does it.
//
//   node --expose-gc bench/rows/delivered.mjs own|sdk M|S

import assert from 'node:assert/strict';
import { ownDelivery, sdkDelivery, stockPipeline } from '../support/pipelines.mjs';
import { makeRecords } from '../support/records.mjs';
import { micros, report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';

const [door = 'own', size = 'M'] = process.argv.slice(2);

/** One batch of the stock pipeline: what it exports at once, a quarter of its queue. */
const BURST = 512;
const BURSTS = 30;
/** Records made at once: a service makes one, emits it and lets it go. */
const HANDFUL = 64;

/** Microseconds of processor time of all threads, until the server has everything. Making the records is not part. */
async function bursts(pipeline) {
  let time = 0;
  const spent = async (work) => {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    time += user + system;
  };
  for (let burst = 0; burst < BURSTS; burst++) {
    for (let emitted = 0; emitted < BURST; emitted += HANDFUL) {
      const records = makeRecords(size, HANDFUL);
      await spent(() => {
        for (const record of records) pipeline.logger.emit(record);
      });
    }
    await spent(() => pipeline.settle());
  }
  await spent(() => pipeline.flush());
  return time;
}

async function contender(pipeline) {
  let expected = 0;
  return async () => {
    const time = await bursts(pipeline);
    expected += BURSTS * BURST;
    assert.equal(await pipeline.delivered(), expected, 'what arrived is not what was emitted');
    return time / (BURSTS * BURST);
  };
}

const pipelines = { stock: await stockPipeline(), ours: await (door === 'own' ? ownDelivery() : sdkDelivery()) };
const contenders = Object.fromEntries(
  await Promise.all(Object.entries(pipelines).map(async ([name, pipeline]) => [name, await contender(pipeline)])),
);
const samples = await takeTurns(contenders, { rounds: 9, warmUp: 3 });
for (const pipeline of Object.values(pipelines)) await pipeline.stop();

const TARGETS = { own: 1.0, sdk: 1.35 };
const DOORS = { own: 'own pipeline', sdk: "through the SDK's Logger" };
const SIZES = { M: 'typical event', S: 'small event' };
const each = (name) => micros(spread(samples[name]).median);
report({
  id: `delivered.${door}.${size}`,
  what: `${DOORS[door]}, ${SIZES[size]}`,
  unit: 'x',
  samples: ratios(samples, 'ours', 'stock'),
  ...(size === 'M' ? { atMost: TARGETS[door] } : {}),
  beside: `${each('ours')} / ${each('stock')} an event`,
});
process.exit();
