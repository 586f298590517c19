// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import { CATALOGUE } from '../src/catalogue.ts';
import { ATTACKS } from '../src/drill/all-attacks.ts';

const root = new URL('../../../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** Codes that the sources of one folder give out: `code: 'NOT_WRITABLE'`, `attention('SILENT'`. */
function codesIn(pattern: string): string[] {
  const files = globSync(pattern, { cwd: fileURLToPath(root) });
  expect(files.length).toBeGreaterThan(0);
  const found = files.flatMap((file) => [...read(file).matchAll(/(?:code: |attention\(|\| )'([A-Z][A-Z_]+)'/g)]);
  return [...new Set(found.map(([, code]) => code ?? ''))];
}

const commands = Object.keys(CATALOGUE).filter((name) => name !== 'help');

it.each(commands)('the page of %s shows its output and names all that it takes', async (name) => {
  const page = read(`docs/commands/${name.split(' ')[0]}.md`);
  expect(page).toContain(`$ stepseal ${name}`);
  const { options } = (await CATALOGUE[name]?.load()) ?? { options: {} };
  expect(Object.keys(options).filter((flag) => !page.includes(`--${flag}`))).toEqual([]);
  expect(page).toMatch(/exit codes/i);
});

test('the index leads to every page', () => {
  const index = read('docs/cli.md');
  expect(commands.filter((name) => !index.includes(`(commands/${name.split(' ')[0]}.md)`))).toEqual([]);
});

test.each([
  ['packages/cli/src/doctor/*.ts', 'docs/commands/doctor.md'],
  ['packages/cli/src/status/attention.ts', 'docs/commands/status.md'],
])('what %s can find is explained in %s', (sources, page) => {
  const codes = codesIn(sources);
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !read(page).includes(`\`${code}\``))).toEqual([]);
});

test('the page of drill counts its attacks', () => {
  expect(read('docs/commands/drill.md')).toContain(`of ${ATTACKS.length} caught`);
});

test('there is a runbook for every exit code', () => {
  const runbooks = read('docs/runbooks.md');
  for (const code of [0, 1, 2, 3, 64]) expect(runbooks).toContain(`\n## ${code}: `);
});
