// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Packs each published package and judges the tarball as its users will meet it: publint for package.json and files,
// arethetypeswrong for the types of every entry point.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { capture } from '../run.mjs';
import { publishedPackages } from '../workspace.mjs';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-pack-'));
try {
  const problems = [];
  for (const tarball of await pack()) problems.push(...(await judge(tarball)));
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function pack() {
  const packages = publishedPackages();
  const workspaces = packages.flatMap(({ name }) => ['-w', name]);
  const { code, output } = await capture('npm', ['pack', ...workspaces, '--pack-destination', directory, '--silent']);
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  return packages.map((manifest) => ({
    manifest,
    path: join(directory, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`),
  }));
}

async function judge({ manifest, path }) {
  const { buffer } = new Uint8Array(readFileSync(path));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  const problems = messages.map((message) => `${manifest.name}: ${formatMessage(message, pkg, { color: false })}`);
  // A command has no types to be wrong about.
  if (manifest.bin === undefined) {
    const { code, output } = await capture('attw', [path, '--profile', 'esm-only', '--no-emoji', '--no-color']);
    if (code !== 0) problems.push(`${manifest.name}:\n${output}`);
  }
  return problems;
}
