// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Secret {
  kind: string;
  value: string;
}

interface Run {
  secrets: Secret[];
  /** Everything that left the process or is shown of it later, by where it was seen. */
  seen: Record<string, string>;
}

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const cli = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const directories: string[] = [];
let redacted: Run;
let raw: Run;

beforeAll(() => {
  redacted = run('on');
  raw = run('off');
});

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function node(args: string[], cwd: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    timeout: 60_000,
    maxBuffer: 256 * 1024 * 1024,
  });
  expect(error).toBeUndefined();
  expect(status, stderr).toBe(0);
  return stdout + stderr;
}

function run(redaction: 'on' | 'off'): Run {
  const cwd = mkdtempSync(join(tmpdir(), `stepseal-canary-${redaction}-`));
  directories.push(cwd);
  const list = join(cwd, 'secrets.json');
  const env = { CANARY_REDACTION: redaction, CANARY_LIST: list };
  const logs = node(['--import', fixture('canary-register.mjs'), fixture('canary-app.mjs')], cwd, env);
  node([cli, 'trust', 'add', '--from', '.stepseal/keys'], cwd);
  return {
    secrets: JSON.parse(readFileSync(list, 'utf8')) as Secret[],
    seen: {
      segments: globSync(join(cwd, '.stepseal/writers/**/*.ndjson'))
        .map((file) => readFileSync(file, 'utf8'))
        .join(''),
      logs,
      stories: node([cli, 'explain', '--all'], cwd) + node([cli, 'explain', '--all', '--json'], cwd),
      verdict: node([cli, 'verify'], cwd) + node([cli, 'verify', '--json'], cwd),
    },
  };
}

/** The ways in which a secret may hide: as it is, decoded, and in the encodings that logs and addresses use. */
function spellings({ value }: Secret): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const decoded = /^[\w-]+$/.test(value) ? Buffer.from(value, 'base64url') : Buffer.alloc(0);
  const all = [
    value,
    encodeURIComponent(value),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    decoded.toString('base64'),
    decoded.toString('hex'),
    ...value.split('.'),
  ];
  return [...new Set(all)].filter((spelling) => spelling.length >= 12);
}

test('the run takes every way through capture', () => {
  const names = new Set(
    [...(redacted.seen['segments'] ?? '').matchAll(/"event_name":"(step_up\.\w+)"/g)].map(([, name]) => name),
  );
  expect([...names].sort()).toEqual([
    'step_up.access',
    'step_up.attempted',
    'step_up.challenged',
    'step_up.completed',
    'step_up.required',
  ]);
  const reasons = new Set(
    [...(redacted.seen['segments'] ?? '').matchAll(/"error\.type":\{"stringValue":"(\w+)"/g)].map(([, type]) => type),
  );
  expect([...reasons].sort()).toEqual([
    'bad_signature',
    'challenge_mismatch',
    'malformed',
    'origin_mismatch',
    'rp_id_mismatch',
    'user_verification_missing',
  ]);
  const kinds = new Set(redacted.secrets.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    'account in the path',
    'authenticator data',
    'bearer token',
    'challenge',
    'client data',
    'cookie',
    'e-mail as user id',
    'error description',
    'query',
    'session id',
    'set cookie',
    'signature',
  ]);
});

describe('with redaction switched off', () => {
  test('each kind of secret is found in the segments: the search below would find it', () => {
    const segments = raw.seen['segments'] ?? '';
    const kinds = new Set(raw.secrets.map(({ kind }) => kind));
    const found = new Set(raw.secrets.filter(({ value }) => segments.includes(value)).map(({ kind }) => kind));
    expect(found).toEqual(kinds);
  });

  test('each secret of an observed request is found', () => {
    const segments = raw.seen['segments'] ?? '';
    const missing = raw.secrets.filter((secret) => !segments.includes(secret.value));
    expect(missing).toEqual([]);
  });
});

describe('with redaction on, no secret is found in any spelling', () => {
  test.each(['segments', 'logs', 'stories', 'verdict'])('in the %s', (place) => {
    const text = redacted.seen[place] ?? '';
    expect(text).not.toBe('');
    const leaked = redacted.secrets.filter((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
    expect(leaked).toEqual([]);
  });
});
