// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { fileURLToPath } from 'node:url';

/** How long the bank, and Stepseal after it, wait for an answer. People get a minute and more. */
export const PATIENCE_S = 10;

/** What a service of the bank is started with, to be recorded. */
export const IMPORT = ['--import', '@stepseal/instrumentation/register'];

/** How the bank is started. @param env where its records go; @param hook without it nothing is recorded */
export function settings(env, hook = IMPORT) {
  return {
    nodeOptions: ['--disable-warning=ExperimentalWarning', ...hook],
    env: {
      BANK_CHALLENGE_S: String(PATIENCE_S),
      STEPSEAL_DEPLOYMENT: 'example-bank',
      STEPSEAL_CEREMONY_ABANDON_AFTER_MS: String(PATIENCE_S * 1000),
      STEPSEAL_CLIENT_TRUSTED_PROXIES: '127.0.0.1',
      STEPSEAL_CLIENT_COUNTRY: 'header.x-client-country',
      STEPSEAL_CLIENT_LOCALITY: 'header.x-client-city',
      STEPSEAL_IDENTITY_DEVICE: 'cookie.device',
      STEPSEAL_IDENTITY_SESSION_STARTED_AT: 'req.claims.started',
      ...env,
    },
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  };
}
