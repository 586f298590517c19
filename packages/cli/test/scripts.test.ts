// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { copyDemonstration } from './support/demonstration.ts';
import { writeSamples } from './support/samples.ts';
import { fitted, parseScript, shell } from './support/script.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'stepseal-cli-')));
afterAll(() => rmSync(root, { recursive: true }));

const directory = new URL('./scripts/', import.meta.url);

it.each(readdirSync(directory).sort())('the command line does what the script %s says', (name) => {
  const cwd = mkdtempSync(join(root, 'case-'));
  writeSamples(cwd);
  copyDemonstration(join(cwd, 'demonstration'));
  const run = shell(cwd);
  const steps = parseScript(readFileSync(new URL(name, directory), 'utf8'));
  expect(steps.length).toBeGreaterThan(0);
  for (const { line, command, expected } of steps) {
    expect(`${name}:${line}\n$ ${command}\n${fitted(run(command), expected)}`).toBe(
      `${name}:${line}\n$ ${command}\n${expected}`,
    );
  }
});
