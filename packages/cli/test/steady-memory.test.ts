// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { keepMemorySteady } from '../src/steady-memory.ts';

/** It begins with less than a megabyte, twice. Left alone it goes on to 33 MB in a thread. */
const MOST_BYTES = 8 << 20;

/** Holds each object for a while, as a page of documents is held, and tells the room taken for the young ones, in bytes. */
const CHURN = `
  const held = [];
  let most = 0;
  for (let at = 0; at < 1_000_000; at++) {
    held[at % 20_000] = { at, text: 'x' + at };
    if (at % 10_000 !== 0) continue;
    const spaces = require('node:v8').getHeapSpaceStatistics();
    most = Math.max(most, spaces.find(({ space_name }) => space_name === 'new_space').space_size);
  }
  require('node:worker_threads').parentPort.postMessage(most);
`;

/** In a thread, whose heap begins small whatever ran before. */
async function roomOfTheYoung(): Promise<number> {
  const worker = new Worker(CHURN, { eval: true });
  const [bytes] = await once(worker, 'message');
  await worker.terminate();
  return Number(bytes);
}

test('what the engine holds ready for short-lived objects does not grow with how many there were', async () => {
  keepMemorySteady();
  expect(await roomOfTheYoung()).toBeLessThan(MOST_BYTES);
});
