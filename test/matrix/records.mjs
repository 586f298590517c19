// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Step-up records of a data directory, in order, as the lines say; nothing is verified here. */
export function recordsIn(dataDir) {
  return readdirSync(dataDir, { recursive: true })
    .filter((file) => file.endsWith('.ndjson') && !file.includes('set-aside'))
    .flatMap((file) => readFileSync(join(dataDir, file), 'utf8').split('\n'))
    .filter((line) => line.includes('"step_up.'))
    .map((line) => JSON.parse(line));
}
