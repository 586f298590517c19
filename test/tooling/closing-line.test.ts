// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const fixtures = fileURLToPath(new URL('fixtures/closing-line', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs one fixture as npm test would; returns the exit code and the last line of standard output. */
function close(fixture: string): [number | null, string | undefined] {
  const { VITEST: _, ...env } = process.env;
  const args = [vitest, 'run', '--root', fixtures, fixture];
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 30_000 });
  return [status, stdout.trimEnd().split('\n').at(-1)];
}

test.each([
  ['only-passes', 0, '1 passed, 0 failed'],
  ['mixed', 1, '1 passed, 2 failed, 2 skipped'],
  ['only-skips', 1, '0 passed, 0 failed, 1 skipped'],
  ['does-not-load', 1, '0 passed, 1 failed'],
  ['no-such-file', 1, '0 passed, 0 failed'],
])('a run of %s exits with %i and closes with "%s"', (fixture, code, line) => {
  expect(close(fixture)).toEqual([code, line]);
});
