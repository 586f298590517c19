// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const REGISTER = new URL('../dist/register.js', import.meta.url).href;
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'stepseal-helper-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function run(app: string, options: { registered?: boolean; env?: Record<string, string> } = {}): unknown {
  const preload = options.registered === false ? [] : ['--import', REGISTER];
  const { stdout, stderr, signal } = spawnSync(process.execPath, [...preload, fixture(app)], {
    cwd,
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', ...options.env },
  });
  expect(signal, stderr).toBe('SIGKILL');
  return JSON.parse(stdout);
}

describe.each(['app-helper.mjs', 'app-helper.cjs'])('%s:', (app) => {
  test('what is committed is in a file before the application goes on', () => {
    expect(run(app)).toEqual({ id: expect.stringMatching(/^[\w-]{22}$/) as string, committed: true, inFile: true });
  });

  test('without capture it does nothing, and says that nothing is durable', () => {
    expect(run(app, { registered: false })).toEqual({ committed: false, inFile: false });
  });
});

describe('where nothing can be written', () => {
  beforeEach(() => {
    // Keys, but a file where the directory of the segments belongs.
    expect(run('app-helper.mjs')).toMatchObject({ committed: true });
    rmSync(join(cwd, '.stepseal/writers'), { recursive: true });
    mkdirSync(join(cwd, '.stepseal'), { recursive: true });
    writeFileSync(join(cwd, '.stepseal/writers'), '');
  });

  test('commit says so under the policy strict', () => {
    expect(run('app-helper.mjs')).toMatchObject({ committed: false, inFile: false });
  });

  test('commit rejects under the policy closed, so that the service can refuse', () => {
    expect(run('app-helper.mjs', { env: { STEPSEAL_COMMIT_POLICY: 'closed' } })).toMatchObject({
      committed: 'SYNC_FAILED',
      inFile: false,
    });
  });
});

test('the helper loads nothing but itself, so it weighs nothing in a service that records nothing', () => {
  const loaded: string[] = [];
  const load = (file: URL): void => {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b[^;]*?from '([^']+)';/gm,
    )) {
      loaded.push(specifier);
      if (specifier.startsWith('.')) load(new URL(specifier, file));
    }
  };
  load(new URL('../dist/helper.js', import.meta.url));
  expect(loaded).toEqual(['./helper/door.js']);
});
