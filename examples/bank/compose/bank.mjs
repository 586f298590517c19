// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The bank with Stepseal, and a small load without end: the scenes of the demonstration, over and over, until SIGTERM.

import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Scenes } from '../demo/scenes.mjs';
import { Bank } from '../demo/services.mjs';

const PATIENCE_S = 10;
const BETWEEN_MS = 5_000;

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort());
const pause = (ms) => wait(ms, undefined, { signal: stopping.signal }).catch(() => {});

const bank = new Bank();
try {
  const scenes = new Scenes(
    await bank.start({
      nodeOptions: ['--disable-warning=ExperimentalWarning', '--import', '@stepseal/instrumentation/register'],
      env: {
        BANK_CHALLENGE_S: String(PATIENCE_S),
        STEPSEAL_DATA_DIR: process.env.STEPSEAL_DATA_DIR,
        STEPSEAL_DELIVERY_ENDPOINT: process.env.STEPSEAL_DELIVERY_ENDPOINT,
        STEPSEAL_DEPLOYMENT: 'example-bank',
        STEPSEAL_CEREMONY_ABANDON_AFTER_MS: String(PATIENCE_S * 1000),
        STEPSEAL_CLIENT_TRUSTED_PROXIES: '127.0.0.1',
        STEPSEAL_CLIENT_COUNTRY: 'header.x-client-country',
        STEPSEAL_CLIENT_LOCALITY: 'header.x-client-city',
        STEPSEAL_IDENTITY_DEVICE: 'cookie.device',
        STEPSEAL_IDENTITY_SESSION_STARTED_AT: 'req.claims.started',
      },
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    }),
  );
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
