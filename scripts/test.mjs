// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// `npm test`: makes the clone ready, then runs the tests; arguments go to vitest (`npm test -- packages/core`).
// With --crash it runs the crash tests alone, and long: STEPSEAL_CRASH_ROUNDS says how long (100 unless set).

import { join } from 'node:path';
import { ready } from './ready.mjs';
import { root, run } from './run.mjs';

const crash = process.argv.includes('--crash');
const args = process.argv.slice(2).filter((arg) => arg !== '--crash');
const env = crash ? { STEPSEAL_CRASH_ROUNDS: process.env.STEPSEAL_CRASH_ROUNDS ?? '100' } : {};

const node = await ready();
process.exitCode = await run(node, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], env);
