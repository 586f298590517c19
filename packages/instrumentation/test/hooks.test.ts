// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

interface Seen {
  eventName: string;
  attributes: Record<string, unknown>;
}

function run(app: string, options: { preloads?: string[]; env?: Record<string, string> } = {}): Seen[] {
  const preloads = [...(options.preloads ?? []), 'recording.mjs'].flatMap((name) => ['--import', fixture(name)]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...preloads, fixture(app)],
    { encoding: 'utf8', timeout: 30_000, env: { ...process.env, NODE_OPTIONS: '', ...options.env } },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Seen);
}

function expectWholeStepUp(seen: readonly Seen[]): void {
  expect(seen.map(({ eventName }) => eventName)).toEqual([
    'step_up.required',
    'step_up.challenged',
    'step_up.completed',
  ]);
  expect(new Set(seen.map(({ attributes }) => attributes['step_up.id'])).size).toBe(1);
  expect(seen[2]?.attributes['step_up.outcome']).toBe('passed');
  expect(seen[2]?.attributes['step_up.source.library_version']).toBe('14.0.3');
}

describe('the library is seen in an application that', () => {
  test.each([
    ['imports its functions by name', 'app-named.mjs'],
    ['imports its namespace', 'app-namespace.mjs'],
    ['imports it late', 'app-dynamic.mjs'],
    ['requires it', 'app-required.cjs'],
    ['requires it and takes its functions apart', 'app-destructured.cjs'],
  ])('%s', (_title, app) => {
    expectWholeStepUp(run(app));
  });

  test('runs where Node cannot hook in its own thread', () => {
    const deprecation = { NODE_NO_WARNINGS: '1' };
    expectWholeStepUp(run('app-named.mjs', { env: { HOOK_THREAD: '1', ...deprecation } }));
  });

  test('is hooked by another instrumentation too', () => {
    expectWholeStepUp(run('app-named.mjs', { preloads: ['foreign-hook.mjs'], env: { NODE_NO_WARNINGS: '1' } }));
  });
});
