// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

interface Line {
  name?: string;
  eventName?: string;
  attributes?: Record<string, string | boolean>;
}

interface Case {
  /** What the application got, as it printed it. */
  got: string;
  records: string[];
}

function run(app: string, preloads: string[], env: Record<string, string> = {}): Map<string, Case> {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...preloads.flatMap((name) => ['--import', fixture(name)]), fixture(app)],
    { encoding: 'utf8', timeout: 30_000, env: { ...process.env, NODE_OPTIONS: '', ...env } },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const cases = new Map<string, Case>();
  let records: string[] = [];
  for (const text of stdout.trim().split('\n')) {
    const line = JSON.parse(text) as Line;
    if (line.name === undefined) records.push(summary(line));
    else {
      cases.set(line.name, { got: text, records });
      records = [];
    }
  }
  return cases;
}

function summary({ eventName = '', attributes = {} }: Line): string {
  expect(attributes['step_up.source.library']).toBe('otplib');
  expect(attributes['step_up.phishing_resistant']).toBe(false);
  const names = ['step_up.method', 'step_up.outcome', 'error.type', 'step_up.source.library_version'];
  return [eventName, ...names.map((name) => attributes[name]).filter((value) => value !== undefined)].join(' ');
}

const of13 = (method: string): Record<string, string> => ({
  right: `step_up.completed ${method} passed 13.5.0`,
  wrong: `step_up.attempted ${method} bad_code 13.5.0`,
  replayed: `step_up.attempted ${method} replayed 13.5.0`,
  malformed: `step_up.attempted ${method} malformed 13.5.0`,
  internal: `step_up.attempted ${method} internal 13.5.0`,
});
const [totp, hotp] = [of13('totp'), of13('hotp')];

const EXPECTED_13: [name: string, record: string | undefined][] = [
  ['right', totp['right']],
  ['right, at once', totp['right']],
  ['right, one step late', totp['right']],
  ['wrong', totp['wrong']],
  ['wrong, at once', totp['wrong']],
  ['replayed', totp['replayed']],
  ['replayed, at once', totp['replayed']],
  ['wrong, guarded', totp['wrong']],
  ['fresh, guarded', totp['right']],
  ['too short', totp['malformed']],
  ['no digits', totp['malformed']],
  ['none at all', totp['malformed']],
  ['broken secret', totp['internal']],
  ['class: right', totp['right']],
  ['class: wrong', totp['wrong']],
  ['class: replayed', totp['replayed']],
  ['class: replayed by option', totp['replayed']],
  ['class: too short', totp['malformed']],
  ['wrapper: right', totp['right']],
  ['wrapper: wrong', totp['wrong']],
  ['hotp: right', hotp['right']],
  ['hotp: wrong, at once', hotp['wrong']],
  ['hotp: class: right', hotp['right']],
  ['hotp: class: no digits', hotp['malformed']],
];

const EXPECTED_12: [name: string, record: string][] = [
  ['right', 'step_up.completed totp passed 12.0.1'],
  ['right: delta of 0', 'step_up.completed totp passed 12.0.1'],
  ['right: checked', 'step_up.completed totp passed 12.0.1'],
  ['wrong', 'step_up.attempted totp bad_code 12.0.1'],
  ['wrong: no delta', 'step_up.attempted totp bad_code 12.0.1'],
  ['no digits', 'step_up.attempted totp malformed 12.0.1'],
  ['none at all', 'step_up.attempted totp malformed 12.0.1'],
  ['broken secret', 'step_up.attempted totp internal 12.0.1'],
  ['totp: right', 'step_up.completed totp passed 12.0.1'],
  ['totp: wrong', 'step_up.attempted totp bad_code 12.0.1'],
  ['hotp: right', 'step_up.completed hotp passed 12.0.1'],
  ['hotp: wrong', 'step_up.attempted hotp bad_code 12.0.1'],
];

describe.each([
  ['otplib 13, imported', 'codes-13.mjs', EXPECTED_13, {}],
  ['otplib 13, imported where Node cannot hook in its own thread', 'codes-13.mjs', EXPECTED_13, { HOOK_THREAD: '1' }],
  ['otplib 13, required', 'codes-13.cjs', EXPECTED_13, {}],
  ['otplib 12, imported', 'codes-12.mjs', EXPECTED_12, {}],
  ['otplib 12, required', 'codes-12.cjs', EXPECTED_12, {}],
])('%s:', (_title, app, expected, env) => {
  const cases = run(app, ['recording.mjs'], { NODE_NO_WARNINGS: '1', ...env });

  test('each code that is checked is told once, and as what it was', () => {
    const told = [...cases].map(([name, { records }]) => [name, records]);
    expect(told).toEqual(expected.map(([name, record]) => [name, [record]]));
  });

  test('the application gets and catches the same as without capture', () => {
    const alone = run(app, []);
    expect([...alone].map(([, { records }]) => records).flat()).toEqual([]);
    expect([...cases].map(([, { got }]) => got)).toEqual([...alone].map(([, { got }]) => got));
  });
});
