// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingPlatformPackages } from '../../scripts/complete-lock.mjs';

interface LockFile {
  packages: Record<string, { resolved?: string; link?: boolean; optionalDependencies?: Record<string, string> }>;
}

const lock: LockFile = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));

test('the lock file names no registry, so that each machine uses its own', () => {
  const hosts = Object.values(lock.packages).flatMap((entry) =>
    entry.resolved?.includes('://') ? [entry.resolved] : [],
  );
  expect(hosts).toEqual([]);
});

test('the lock file holds every platform package, so that npm ci works on each platform', () => {
  expect(missingPlatformPackages(lock)).toEqual({});
});
