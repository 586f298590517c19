// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

const umask = process.umask();
afterEach(() => {
  process.umask(umask);
});

/** Modes of everything below a directory, by kind. */
function modes(directory: string): Record<'files' | 'directories', string[]> {
  const found = { files: new Set<string>(), directories: new Set<string>() };
  for (const name of ['', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })]) {
    const stat = statSync(join(directory, name));
    found[stat.isDirectory() ? 'directories' : 'files'].add((stat.mode & 0o7777).toString(8));
  }
  return { files: [...found.files].sort(), directories: [...found.directories].sort() };
}

async function modesOf(groupReadable: boolean, mask: number): Promise<Record<'files' | 'directories', string[]>> {
  const directory = join(temporaryDirectory(), 'data');
  process.umask(mask);
  const pipeline = testPipeline(directory, {
    dataGroupReadable: groupReadable,
    roll: { maxBytes: 9_000 },
    seal: { recordSignatures: true },
  });
  for (let at = 0; at < 20; at++) pipeline.emit(`r${at}`);
  await pipeline.forceFlush();
  const made = modes(directory);
  await pipeline.shutdown();
  return made;
}

test.each([0o000, 0o022, 0o077])('with umask %o nobody but the owner gets at anything', async (mask) => {
  expect(await modesOf(false, mask)).toEqual({ files: ['400', '600'], directories: ['700'] });
});

test.each([0o000, 0o022, 0o077])(
  'with umask %o the group reads everything if it is let, and writes nothing',
  async (mask) => {
    expect(await modesOf(true, mask)).toEqual({ files: ['440', '640'], directories: ['750'] });
  },
);

test('a set-group-id directory keeps handing on its group', async () => {
  const directory = join(temporaryDirectory(), 'data');
  mkdirSync(join(directory, 'writers'), { recursive: true });
  chmodSync(join(directory, 'writers'), 0o2700);
  const pipeline = testPipeline(directory, { dataGroupReadable: true });
  await pipeline.forceFlush();
  await pipeline.shutdown();
  expect((statSync(join(directory, 'writers')).mode & 0o7777).toString(8)).toBe('2750');
});
