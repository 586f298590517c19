// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The data directory that `file` lies in, if any: `dataDir`, or a directory that holds `writers`. What decides about
 * trust must lie outside, since whoever can change the records could change it too.
 */
export function enclosingDataDirectory(file: string, dataDir: string): string | undefined {
  const data = real(dataDir);
  for (let directory = real(dirname(resolve(file))); ; directory = dirname(directory)) {
    if (directory === data || existsSync(join(directory, 'writers'))) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

/** A symbolic link must not hide where a file lies. */
function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
