// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// `npm run test:crash` sets the number of rounds: then the crash tests run alone, and long. Otherwise they take their
// short form, and files named *.crash.test.ts, which have no short form, are left out.
const crashRun = process.env['STEPSEAL_CRASH_ROUNDS'] !== undefined;

// `npm run test:real` says where the real servers are: then the tests against them run alone.
const realRun = process.env['STEPSEAL_REAL_PARTS'] !== undefined;

const ELSEWHERE = ['**/node_modules/**', '**/dist/**'];
const NOT_NOW = [...ELSEWHERE, '**/*.crash.test.ts', 'test/real/**'];

/** These leave their process as they found it. So they share one, which loads only once what they import. */
const SHARING = [
  'packages/{core,verifier,elastic,processor}/test/**/*.test.ts',
  // steady-memory.test.ts sets flags of the engine.
  'packages/cli/test/**/!(steady-memory).test.ts',
  'test/{architecture,attacks,retention,upgrades}/**/*.test.ts',
];

const projects: TestProjectInlineConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'own process',
      include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
      exclude: [...NOT_NOW, ...SHARING],
    },
  },
  { extends: true, test: { name: 'shared process', include: SHARING, exclude: NOT_NOW, isolate: false } },
];

/** A run of its own: each file has its process. */
const alone = {
  include: realRun
    ? ['test/real/**/*.test.ts']
    : ['test/crash/**/*.test.ts', 'packages/*/test/**/*.crash.test.ts', 'test/**/*.crash.test.ts'],
  exclude: ELSEWHERE,
};

export default defineConfig({
  test: {
    ...(crashRun || realRun ? alone : { projects }),
    pool: 'forks',
    // One more than processors, since tests also wait: for the disk, and for the processes that they start. The real
    // servers want theirs.
    maxWorkers: availableParallelism() + (realRun ? 0 : 1),
    testTimeout: crashRun || realRun ? 600_000 : 60_000,
    hookTimeout: realRun ? 600_000 : 60_000,
    reporters: ['default', './scripts/closing-line-reporter.mjs'],
    // Built packages are loaded by Node itself, as their users load them.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  },
});
