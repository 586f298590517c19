// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const biome = fileURLToPath(new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url));
const STYLE = [
  '--indent-style=space',
  '--indent-width=2',
  '--line-width=120',
  '--javascript-formatter-quote-style=single',
];

/** Formats texts as the repository's formatter would: map of path to text, in and out. */
export async function formatFiles(files) {
  const directory = await mkdtemp(join(tmpdir(), 'generate-registry-'));
  try {
    const places = new Map();
    for (const [path, text] of files) {
      const place = join(directory, String(places.size));
      await mkdir(place);
      places.set(path, join(place, basename(path)));
      await writeFile(places.get(path), text);
    }
    const run = spawnSync(process.execPath, [biome, 'format', '--write', ...STYLE, '.'], {
      cwd: directory,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`the formatter failed:\n${run.stdout}${run.stderr}`);
    const formatted = new Map();
    for (const [path, place] of places) formatted.set(path, await readFile(place, 'utf8'));
    return formatted;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
