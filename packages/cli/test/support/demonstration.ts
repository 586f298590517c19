// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { cpSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURE = new URL('../fixtures/demonstration/', import.meta.url);

/**
 * Puts the data directory of one run of the demonstration (examples/bank) into `cwd`, in the default places: `.stepseal`
 * with the segments and no key, and `stepseal.trust.json`.
 */
export function copyDemonstration(cwd: string): void {
  cpSync(new URL('data/', FIXTURE), join(cwd, '.stepseal'), { recursive: true });
  cpSync(new URL('stepseal.trust.json', FIXTURE), join(cwd, 'stepseal.trust.json'));
}
