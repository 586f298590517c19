// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Dirent, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package as it lies in some node_modules. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Links followed: two paths to one copy are one copy. */
  readonly directory: string;
}

/** A tree of links may have no end. */
const MOST_DIRECTORIES = 50_000;

/**
 * Every copy of the named packages that code in `cwd` or below it can load: node_modules of this directory, of those above
 * it, and those nested in them, in the layouts of npm, yarn and pnpm.
 */
export function installedPackages(cwd: string, wanted: ReadonlySet<string>): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const seen = new Set<string>();
  const visit = (modules: string): void => {
    const real = realPath(modules);
    if (real === undefined || seen.has(real) || seen.size >= MOST_DIRECTORIES) return;
    seen.add(real);
    for (const name of packageNames(real)) {
      const directory = realPath(join(real, name));
      if (directory === undefined) continue;
      if (wanted.has(name) && !found.has(directory)) {
        const version = versionIn(directory);
        if (version !== undefined) found.set(directory, { name, version, directory });
      }
      visit(join(directory, 'node_modules'));
    }
    // pnpm keeps each copy apart and links it where it is needed.
    for (const entry of entriesOf(join(real, '.pnpm'))) visit(join(real, '.pnpm', entry.name, 'node_modules'));
  };
  for (let directory = cwd; ; directory = dirname(directory)) {
    visit(join(directory, 'node_modules'));
    if (directory === dirname(directory)) break;
  }
  return [...found.values()].sort((a, b) => (a.directory < b.directory ? -1 : 1));
}

function packageNames(modules: string): string[] {
  return entriesOf(modules).flatMap(({ name }) => {
    if (name.startsWith('.')) return [];
    if (!name.startsWith('@')) return [name];
    return entriesOf(join(modules, name)).map((scoped) => `${name}/${scoped.name}`);
  });
}

function entriesOf(directory: string): Dirent[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function versionIn(directory: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const version: unknown = Reflect.get(Object(manifest), 'version');
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
