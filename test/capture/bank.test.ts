// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ATTRIBUTES, EVENTS } from '@stepseal/core/semconv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const demo = fileURLToPath(new URL('../../examples/bank/demo.mjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'stepseal-bank-'));

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function run(...flags: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, '--dir', directory, ...flags], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, STEPSEAL_DATA_DIR: '/nowhere', OTEL_SDK_DISABLED: 'true' },
  });
  return { status, output: stdout + stderr };
}

type Told = { stream: string; eventName: string; attributes: Record<string, unknown> };

/** The step-up records of a run, as an outside reader of the files sees them. */
function records(data: string): Told[] {
  return globSync(join(data, 'writers/*/*.ndjson')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"event_name":"step_up.'))
      .map((line) => {
        const { attributes, event_name } = JSON.parse(line) as {
          attributes: Record<string, object>;
          event_name: string;
        };
        const plain = Object.entries(attributes).map(([name, value]) => [name, Object.values(value)[0]]);
        return {
          stream: file,
          eventName: event_name,
          attributes: Object.fromEntries(plain) as Record<string, unknown>,
        };
      }),
  );
}

describe('the demonstration', () => {
  let ended: ReturnType<typeof run>;
  let seen: Told[];

  beforeAll(() => {
    ended = run();
    seen = records(join(directory, 'run-1/data'));
  });

  test('ends well, whatever the environment says', () => {
    expect(ended.status, ended.output).toBe(0);
  });

  test('tells the stories, the verdict, both forgeries, and what to type next', () => {
    for (const part of [
      'passed, access granted',
      'failed, access blocked',
      'SEALED',
      'MODIFIED',
      'TRUNCATED',
      'npx stepseal',
    ]) {
      expect(ended.output).toContain(part);
    }
  });

  test('keeps the trust file and the known heads outside the data', () => {
    expect(existsSync(join(directory, 'run-1/trust.json'))).toBe(true);
    expect(globSync(join(directory, 'run-1/data/**/*.json'))).toEqual([]);
  });

  test('joins what two processes saw by one id, with one end each', () => {
    const passed = seen.filter(({ attributes }) => attributes['step_up.outcome'] === 'passed');
    expect(passed).toHaveLength(1);
    const story = seen.filter(({ attributes }) => attributes['step_up.id'] === passed[0]?.attributes['step_up.id']);
    expect(story.map(({ eventName }) => eventName).sort()).toEqual([
      'step_up.access',
      'step_up.challenged',
      'step_up.completed',
      'step_up.required',
    ]);
    expect(new Set(story.map(({ stream }) => stream)).size).toBe(2);
    expect(new Set(story.map(({ attributes }) => attributes['user.hash'])).size).toBe(1);
    expect(new Set(story.map(({ attributes }) => attributes['session.id'])).size).toBe(1);
    const ends = seen.filter(({ eventName }) => eventName === 'step_up.completed');
    expect(new Set(ends.map(({ attributes }) => attributes['step_up.id'])).size).toBe(ends.length);
  });

  test('records nothing that the registry does not name, and nothing had to be mended', () => {
    for (const { eventName, attributes } of seen) {
      expect(Object.keys(attributes).filter((name) => !Object.hasOwn(ATTRIBUTES, name))).toEqual([]);
      expect(Object.hasOwn(EVENTS, eventName)).toBe(true);
      expect(attributes['stepseal.sanitised']).toBeUndefined();
    }
  });
});

test('without the import the same run records nothing, says so, and fails', () => {
  const { status, output } = run('--without-import');
  expect(status).toBe(1);
  expect(output).toContain('nothing was recorded');
  expect(globSync(join(directory, 'run-2/**/*'))).toEqual([]);
});
