// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Loaded before another program: prints its highest resident memory when it ends, in MB.

import { writeSync } from 'node:fs';

process.on('exit', () => writeSync(1, `\n${process.resourceUsage().maxRSS / 1000}\n`));
