// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { plainEnvironment } from './environment.mjs';

const manifest = createRequire(import.meta.url).resolve('stepseal/package.json');
const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.stepseal);

/** Runs `stepseal` as the separate program that it is. */
export function stepseal(args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [program, ...args], {
    env: plainEnvironment(),
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
