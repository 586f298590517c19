// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Each run has a directory of its own, so that none finds what another left. */
export function freshRun(runs) {
  mkdirSync(runs, { recursive: true });
  for (let number = 1; ; number += 1) {
    const directory = join(runs, `run-${number}`);
    try {
      mkdirSync(directory);
      return directory;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
