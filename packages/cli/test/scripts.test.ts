// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeSamples } from './support/samples.ts';
import { matches, parseScript, shell } from './support/script.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'stepseal-cli-')));
afterAll(() => rmSync(root, { recursive: true }));

const directory = new URL('./scripts/', import.meta.url);

it.each(readdirSync(directory).sort())('the command line does what the script %s says', (name) => {
  const cwd = mkdtempSync(join(root, 'case-'));
  writeSamples(cwd);
  const run = shell(cwd);
  for (const { line, command, expected } of parseScript(readFileSync(new URL(name, directory), 'utf8'))) {
    const output = run(command);
    if (!matches(output, expected)) expect(`${name}:${line}\n$ ${command}\n${output}`).toBe(`${name}:${line}\n$ ${command}\n${expected}`);
  }
});
