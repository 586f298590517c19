// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

// A run that is broken off would leave gigabytes behind.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(128 + constants.signals[signal]));

/**
 * A directory that is gone when the process ends.
 *
 * @param bytes room that must be free
 */
export function scratch(bytes = 0) {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < bytes)
    throw new Error(`the directory for temporary files needs ${Math.ceil(bytes / 1e9)} GB free`);
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
