// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { MANIFEST_NAME } from './export/manifest.ts';

/** What only a directory of records holds. */
const MARKS = ['writers', MANIFEST_NAME];

/**
 * The directory of records that `file` lies in, if any: one of `directories` (the data directory, and those that are read),
 * or one that looks like a data directory or an export. What decides about trust must lie outside, since whoever can change
 * the records could change it too: an archive to be verified may bring its own trust file.
 */
export function enclosingDataDirectory(file: string, directories: readonly string[]): string | undefined {
  const data = new Set(directories.map(real));
  for (let directory = real(dirname(resolve(file))); ; directory = dirname(directory)) {
    if (data.has(directory) || MARKS.some((name) => existsSync(join(directory, name)))) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

/** Whether a path, of which the last parts need not exist yet, is a directory or lies in it; links are followed. */
export function liesInside(path: string, directory: string): boolean {
  let existing = resolve(path);
  while (!existsSync(existing)) existing = dirname(existing);
  const between = relative(real(directory), join(realpathSync(existing), relative(existing, resolve(path))));
  return between !== '..' && !between.startsWith(`..${sep}`);
}

/** A symbolic link must not hide where a file lies. */
function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
