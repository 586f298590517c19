// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// What one event costs the event loop: sealed on this machine, against exported as OpenTelemetry does it.
//
//   node --expose-gc bench/rows/embedded.mjs own|sdk M|S full|low

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownPipeline, sdkPipeline, stockPipeline } from '../support/pipelines.mjs';
import { processorTime, sinceMicros } from '../support/processor-time.mjs';
import { makeRecords } from '../support/records.mjs';
import { micros, report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';

const [door = 'own', size = 'M', rate = 'full'] = process.argv.slice(2);

/** One batch of the stock pipeline: what it exports at once, a quarter of its queue. */
const BURST = 512;
const BURSTS = 30;
/** Records made at once: a service makes one, emits it and lets it go. */
const HANDFUL = 64;
const LOW_RATE = 300;
const LOW_SECONDS = 3;

/** Microseconds of this thread's processor time, of the event loop being busy, and of all threads' processor time. */
const now = () => ({ cpu: processorTime(), loop: performance.eventLoopUtilization(), all: process.cpuUsage() });

function since(start) {
  const all = process.cpuUsage(start.all);
  const loop = performance.eventLoopUtilization(start.loop);
  return { cpu: sinceMicros(start.cpu), loop: loop.active * 1000, all: all.user + all.system };
}

const add = (a, b) => ({ cpu: a.cpu + b.cpu, loop: a.loop + b.loop, all: a.all + b.all });

/** Emits as fast as the pipeline takes it. Making the records is not part of the time, and few are alive at a time. */
async function fullRate(pipeline) {
  let time = { cpu: 0, loop: 0, all: 0 };
  for (let burst = 0; burst < BURSTS; burst++) {
    for (let emitted = 0; emitted < BURST; emitted += HANDFUL) {
      const records = makeRecords(size, HANDFUL);
      const start = now();
      for (const record of records) pipeline.logger.emit(record);
      time = add(time, since(start));
    }
    const start = now();
    await pipeline.settle();
    time = add(time, since(start));
  }
  const start = now();
  await pipeline.flush();
  return { time: add(time, since(start)), count: BURSTS * BURST };
}

/** Emits at a steady rate. The timers that do so are part of the time, for all alike. */
async function lowRate(pipeline) {
  const records = makeRecords(size, LOW_RATE * LOW_SECONDS);
  const start = now();
  for (const record of records) {
    pipeline.logger.emit(record);
    await sleep(1000 / LOW_RATE);
  }
  await pipeline.flush();
  return { time: since(start), count: records.length };
}

async function contender(pipeline) {
  let expected = 0;
  return async (round) => {
    const { time, count } = await (rate === 'full' ? fullRate(pipeline) : lowRate(pipeline));
    expected += count;
    assert.equal(await pipeline.delivered(), expected, 'a record was not delivered');
    return { round, cpu: time.cpu / count, loop: time.loop / count, all: time.all / count };
  };
}

const pipelines = { stock: await stockPipeline(), ours: await (door === 'own' ? ownPipeline() : sdkPipeline()) };
const contenders = Object.fromEntries(
  await Promise.all(Object.entries(pipelines).map(async ([name, pipeline]) => [name, await contender(pipeline)])),
);
const samples = await takeTurns(contenders, rate === 'full' ? { rounds: 9, warmUp: 3 } : { rounds: 3, warmUp: 1 });
for (const pipeline of Object.values(pipelines)) await pipeline.stop();

const of = (kind) =>
  Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, all.map((one) => one[kind])]));
const ratioOf = (kind) => ratios(of(kind), 'ours', 'stock');
const each = (kind) => `${micros(spread(of(kind).ours).median)} / ${micros(spread(of(kind).stock).median)}`;

const TARGETS = { own: 0.65, sdk: 1.05 };
const DOORS = { own: 'own pipeline', sdk: "through the SDK's Logger" };
const SIZES = { M: 'typical event', S: 'small event' };
report({
  id: `embedded.${door}.${size}.${rate}`,
  what: `${DOORS[door]}, ${SIZES[size]}${rate === 'full' ? '' : `, ${LOW_RATE}/s`}`,
  unit: 'x',
  samples: ratioOf('cpu'),
  ...(size === 'M' && rate === 'full' ? { atMost: TARGETS[door] } : {}),
  beside: `${each('cpu')} an event; by event loop utilisation ${spread(ratioOf('loop')).median.toFixed(2)}, all threads ${spread(ratioOf('all')).median.toFixed(2)}`,
});
process.exit();
