// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { relative } from 'node:path';

/** A path as people typed or would type it: relative where it lies below the current directory. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
