// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// `npm start`: makes the clone ready, then runs the demonstration with the arguments given.

import { ready } from './ready.mjs';
import { run } from './run.mjs';

const node = await ready();
process.exitCode = await run(node, ['examples/bank/demo.mjs', ...process.argv.slice(2)]);
