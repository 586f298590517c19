// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// `npm run test:matrix`: makes the clone ready, then runs a service in each combination of Node, OpenTelemetry and module
// system; with words as arguments only those whose names hold them.

import { ready } from './ready.mjs';
import { run } from './run.mjs';

const node = await ready();
process.exitCode = await run(node, ['test/matrix/run.mjs', ...process.argv.slice(2)]);
