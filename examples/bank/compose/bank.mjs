// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The bank with Stepseal, and a small load without end: the scenes of the demonstration, over and over, until SIGTERM.

import { setTimeout as wait } from 'node:timers/promises';
import { Scenes } from '../demo/scenes.mjs';
import { Bank } from '../demo/services.mjs';
import { settings } from '../demo/with-stepseal.mjs';

const BETWEEN_MS = 5_000;

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort());
const pause = (ms) => wait(ms, undefined, { signal: stopping.signal }).catch(() => {});

const bank = new Bank();
try {
  const { STEPSEAL_DATA_DIR, STEPSEAL_DELIVERY_ENDPOINT } = process.env;
  const scenes = new Scenes(await bank.start(settings({ STEPSEAL_DATA_DIR, STEPSEAL_DELIVERY_ENDPOINT })));
  // Once: the bug lets the same key through from then on.
  await scenes.isLetThroughByABug();
  while (!stopping.signal.aborted) {
    await scenes.walksAway();
    await scenes.provesHimself();
    await scenes.thiefHasNoPasskey();
    await scenes.mistypesTwice();
    await scenes.guessesUntilLockedOut();
    await pause(BETWEEN_MS);
  }
  await bank.stop();
} catch (error) {
  bank.kill();
  console.error(`The bank failed: ${error.message}`);
  process.exitCode = 1;
}
