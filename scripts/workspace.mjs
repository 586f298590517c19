// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/** The package.json of every package under packages/, with the package's folder as `directory`. */
export function packages() {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
  return folders
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ ...JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')), directory }));
}

export function publishedPackages() {
  return packages().filter((manifest) => !manifest.private);
}
