#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

// Only the exit code is set, and the process ends by itself, so that all output is written first.
process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  terminal: processTerminal(process.stdout, process.stderr, process.env),
});
