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

function node(
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
  statuses: readonly number[] = [0],
): string {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    timeout: 60_000,
    maxBuffer: 256 * 1024 * 1024,
  });
  expect(error).toBeUndefined();
  expect(statuses, stderr).toContain(status);
  return stdout + stderr;
}

function run(redaction: 'on' | 'off'): Run {
  const cwd = mkdtempSync(join(tmpdir(), `stepseal-canary-${redaction}-`));
  directories.push(cwd);
  const list = join(cwd, 'secrets.json');
  const env = { CANARY_REDACTION: redaction, CANARY_LIST: list };
  const logs = node(['--import', fixture('canary-register.mjs'), fixture('canary-app.mjs')], cwd, env);
  const seen = { logs, segments: contents(cwd, 'writers/**/*.ndjson'), entries: contents(cwd, 'ceremonies/**/*') };
  return {
    secrets: JSON.parse(readFileSync(list, 'utf8')) as Secret[],
    seen: redaction === 'on' ? { ...seen, ...shown(cwd) } : seen,
  };
}

/** Names and contents of the files of a data directory. */
function contents(cwd: string, pattern: string): string {
  return globSync(join(cwd, '.stepseal', pattern), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'utf8')}`)
    .join('\n');
}

/** What the command prints of it on a terminal, to a file and to a machine. */
function shown(cwd: string): Record<string, string> {
  const stepseal = (...args: string[]): string => node([cli, ...args], cwd);
  stepseal('trust', 'add', '--from', '.stepseal/keys');
  return {
    stories: stepseal('explain', '--all') + stepseal('explain', '--all', '--json'),
    verdict: stepseal('verify') + stepseal('verify', '--json'),
    searches: stepseal('search') + stepseal('search', '--json') + stepseal('stats', '--json'),
    feed: stepseal('tail', '--all', '--once', '--sealing', '--json'),
    // The doctor has something to say of a process that ended: 2.
    overview: stepseal('status', '--json') + node([cli, 'doctor', '--json'], cwd, {}, [0, 2]),
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

/** A call of the helper that leaves no record has nothing to hide in one; its log is searched all the same. */
function recorded({ secrets }: Run): Secret[] {
  return secrets.filter(({ kind }) => !kind.startsWith('unrecorded'));
}

function holds(text: string, secret: Secret): boolean {
  // Eight digits may stand in a longer number by chance; by themselves they hardly do.
  if (secret.kind === 'code' && secret.value.length < 12)
    return new RegExp(`(?<!\\d)${secret.value}(?!\\d)`).test(text);
  return spellings(secret).some((spelling) => text.includes(spelling));
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
    'step_up.enrolled',
    'step_up.evaluated',
    'step_up.required',
    'step_up.review',
  ]);
  const reasons = new Set(
    [...(redacted.seen['segments'] ?? '').matchAll(/"error\.type":\{"stringValue":"(\w+)"/g)].map(([, type]) => type),
  );
  expect([...reasons].sort()).toEqual([
    'bad_code',
    'bad_signature',
    'challenge_mismatch',
    'malformed',
    'origin_mismatch',
    'replayed',
    'rp_id_mismatch',
    'user_verification_missing',
  ]);
  const segments = redacted.seen['segments'] ?? '';
  for (const name of ['geo.country.iso_code', 'user_agent.name', 'step_up.device.hash', 'step_up.action.link_digest']) {
    expect(segments, 'what stands for a secret is there').toContain(`"${name}":`);
  }
  const kinds = new Set(redacted.secrets.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    'TOTP secret',
    'account in the path',
    'attestation object',
    'authenticator data',
    'bearer token',
    'challenge',
    'client data',
    'code',
    'code that is none',
    'cookie',
    'device id',
    'device known',
    'e-mail as user id',
    'error description',
    'helper value',
    'otpauth URI',
    'payee',
    'phone number',
    'query',
    'raw location',
    'raw user agent',
    'resource',
    'session id',
    'session of a call',
    'session start',
    'set cookie',
    'signature',
    'unrecorded: method',
    'unrecorded: outcome',
    'unrecorded: reason',
    'unrecorded: step-up id',
    'user of a call',
  ]);
});

describe('with redaction switched off', () => {
  test('each kind of secret is found in the segments: the search below would find it', () => {
    const segments = raw.seen['segments'] ?? '';
    expect(raw.secrets.filter((secret) => holds(segments, secret)).length).toBeGreaterThan(100);
    const kinds = new Set(recorded(raw).map(({ kind }) => kind));
    const found = new Set(raw.secrets.filter(({ value }) => segments.includes(value)).map(({ kind }) => kind));
    expect(found).toEqual(kinds);
  });

  test('each secret of an observed request is found', () => {
    const segments = raw.seen['segments'] ?? '';
    const missing = recorded(raw).filter((secret) => !segments.includes(secret.value));
    expect(missing).toEqual([]);
  });
});

describe('with redaction on, no secret is found in any spelling', () => {
  test.each(['segments', 'entries', 'logs', 'stories', 'verdict', 'searches', 'feed', 'overview'])(
    'in the %s',
    (place) => {
      const text = redacted.seen[place] ?? '';
      expect(text).not.toBe('');
      const leaked = redacted.secrets.filter((secret) => holds(text, secret));
      expect(leaked).toEqual([]);
    },
  );
});
