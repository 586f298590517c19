// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { copyDemonstration } from './support/demonstration.ts';
import { shell } from './support/script.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'stepseal-pages-')));
copyDemonstration(cwd);
const run = shell(cwd);
afterAll(() => rmSync(cwd, { recursive: true }));

const BLOCK = /^```console\n\$ (.*)\n(?:[\s\S]*?)```$/gm;

/** With STEPSEAL_WRITE_PAGES=1 the pages are written anew, to be looked at and committed. */
const rewrite = process.env['STEPSEAL_WRITE_PAGES'] === '1';

it.each(['search', 'tail', 'stats', 'explain', 'verify', 'drill', 'export', 'trust'])(
  'the page of %s shows what the command prints on the demonstration',
  (name) => {
    const page = new URL(`../../../docs/commands/${name}.md`, import.meta.url);
    const text = readFileSync(page, 'utf8');
    const shown = text.replaceAll(BLOCK, (_, command: string) => {
      const output = run(command)
        .replace(/\[0\]$/, '')
        .replace(/\[(\d+)\]$/, '[exit code $1]\n')
        .replaceAll(/ +$/gm, '');
      return `\`\`\`console\n$ ${command}\n${output}\`\`\``;
    });
    expect([...text.matchAll(BLOCK)].length).toBeGreaterThan(1);
    if (rewrite) writeFileSync(page, shown);
    expect(shown).toBe(rewrite ? shown : text);
  },
);
