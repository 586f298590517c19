// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// `npm run test:crash` sets the number of rounds: then the crash tests run alone, and long. Otherwise they take their
// short form, and files named *.crash.test.ts, which have no short form, are left out.
const crashRun = process.env['STEPSEAL_CRASH_ROUNDS'] !== undefined;

export default defineConfig({
  test: {
    include: crashRun
      ? ['test/crash/**/*.test.ts', 'packages/*/test/**/*.crash.test.ts', 'test/**/*.crash.test.ts']
      : ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(crashRun ? [] : ['**/*.crash.test.ts'])],
    pool: 'forks',
    // All of them: vitest itself would leave one idle.
    maxWorkers: availableParallelism(),
    testTimeout: crashRun ? 600_000 : 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/closing-line-reporter.mjs'],
    // Built packages are loaded by Node itself, as their users load them.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  },
});
