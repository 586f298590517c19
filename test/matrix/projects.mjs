// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Fixture projects, installed outside the work tree: inside it, a package that ours forgot to name would be found in the
// project's own node_modules.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedPackages } from '../../scripts/workspace.mjs';
import { npm } from './npm.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');

/** What was installed once is kept here; it may be deleted at any time. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'stepseal-matrix');

/** What npm says when the registry has no such version. */
const ABSENT = /\b(?:E404|ETARGET|ENOVERSIONS)\b/;

/** A version that the registry lacks: its cells are skipped, not failed. */
export class Absent extends Error {}

/** Packs our packages as they would be published. */
export async function packPackages() {
  const directory = join(cache, 'packed');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const packages = publishedPackages();
  const workspaces = packages.flatMap(({ name }) => ['-w', name]);
  await npm(['pack', ...workspaces, '--pack-destination', directory], root);
  return packages.map(({ name, version }) =>
    join(directory, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
  );
}

/** What of telemetry a project names, with versions. */
export function versionsOf(project) {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'projects', project, 'package.json'), 'utf8'));
  return Object.entries(dependencies)
    .filter(([name]) => /opentelemetry/.test(name))
    .map(([name, version]) => `${name.replace('@opentelemetry/', '')} ${version}`)
    .join(', ');
}

/** The folder of a project with what its lock file names. */
export async function installProject(project) {
  const source = join(here, 'projects', project);
  const directory = join(cache, project);
  const wanted = digest([join(source, 'package.json'), join(source, 'package-lock.json')]);
  if (stampOf(directory) === wanted) return directory;
  rmSync(directory, { recursive: true, force: true });
  cpSync(source, directory, { recursive: true });
  try {
    await npm(['ci', '--prefer-offline'], directory);
  } catch (error) {
    if (ABSENT.test(error.stderr ?? '')) throw new Absent(`the registry lacks a version that ${project} names`);
    throw error;
  }
  writeFileSync(stampFile(directory), wanted);
  return directory;
}

/**
 * Installs our packages over it, as `npm install` of a user does: what our peers and dependencies ask for must agree with
 * what is there. Nothing is forced.
 */
export async function installOurs(directory, tarballs) {
  const wanted = digest(tarballs);
  const stamp = join(directory, '.ours');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    await npm(
      ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--prefer-offline', ...tarballs],
      directory,
    );
    writeFileSync(stamp, wanted);
  }
  cpSync(join(here, 'service'), directory, { recursive: true });
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

const stampFile = (directory) => join(directory, '.installed');
const stampOf = (directory) =>
  existsSync(stampFile(directory)) ? readFileSync(stampFile(directory), 'utf8') : undefined;
