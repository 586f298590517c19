// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// `npm run bench`: makes the clone ready, then measures; with names of rows as arguments only those.

import { ready } from './ready.mjs';
import { run } from './run.mjs';

const node = await ready();
process.exitCode = await run(node, ['bench/run.mjs', ...process.argv.slice(2)]);
