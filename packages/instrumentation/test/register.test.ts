// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const register = fileURLToPath(new URL('../dist/register.js', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'stepseal-register-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

interface Ended {
  status: number | null;
  stdout: string;
  /** Lines on standard error. */
  said: string[];
}

/** @param how `deaf`: nobody reads standard error. */
async function run(app: string, env: Record<string, string> = {}, how: { deaf?: boolean } = {}): Promise<Ended> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(STEPSEAL|OTEL|NODE)_/.test(name)),
  );
  const args = ['--disable-warning=ExperimentalWarning', '--import', register, fixture(app)];
  const child = spawn(process.execPath, args, { cwd, env: { ...clean, ...env }, timeout: 30_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  if (how.deaf === true) child.stderr.destroy();
  else child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, said: stderr.split('\n').filter((line) => line !== '') };
}

const segments = (): string[] => globSync(join(cwd, '.stepseal/writers/*/*.ndjson'));
const recorded = (): string[] =>
  segments().flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/"event_name":"([^"]+)"/g)].map((found) => found[1] ?? ''),
  );
const RAN = 'the application ran\n';

test('with nothing configured the first process makes the keys, says so in one line, and seals what it sees', async () => {
  const first = await run('app-named.mjs');
  expect(first.status).toBe(0);
  expect(first.said).toHaveLength(1);
  expect(first.said[0]).toMatch(
    /^stepseal: made new keys in \.stepseal\/keys, replicas need copies; sealing step-ups of local in \.stepseal, identity [0-9a-f]{64}$/,
  );
  expect(statSync(join(cwd, '.stepseal/keys/identity.pem')).mode & 0o777).toBe(0o600);
  expect(recorded()).toEqual([
    'stepseal.stream.open',
    'step_up.required',
    'step_up.challenged',
    'step_up.completed',
    'stepseal.stream.close',
  ]);

  const second = await run('app-says.mjs');
  const identity = /identity ([0-9a-f]{64})/.exec(first.said[0] ?? '')?.[1];
  expect(second.said).toEqual([`stepseal: sealing step-ups of local in .stepseal, identity ${identity}`]);
});

test('processes that start at once end with the same keys', async () => {
  const ended = await Promise.all(Array.from({ length: 4 }, () => run('app-says.mjs')));
  expect(ended.map(({ status, stdout }) => [status, stdout])).toEqual(Array(4).fill([0, RAN]));
  const identities = ended.map(({ said }) => /identity ([0-9a-f]{64})/.exec(said.join('\n'))?.[1]);
  expect(new Set(identities).size).toBe(1);
  expect(identities[0]).toBeDefined();
});

test('each worker thread seals a stream of its own, and only the process says where', async () => {
  const { status, said } = await run('app-worker.mjs');
  expect(status).toBe(0);
  expect(said).toHaveLength(1);
  expect(recorded().filter((name) => name === 'step_up.completed')).toHaveLength(2);
  expect(segments()).toHaveLength(3);
});

test('an open record states the redaction policy, so that a loosened one shows', async () => {
  await run('app-says.mjs');
  await run('app-says.mjs', { STEPSEAL_CLIENT_FULL_ADDRESS: '1' });
  const hashes = segments().map(
    (file) => /"stepseal\.redaction\.hash":\{"stringValue":"([0-9a-f]{64})"/.exec(readFileSync(file, 'utf8'))?.[1],
  );
  expect(new Set(hashes).size).toBe(2);
  expect(hashes).not.toContain(undefined);
});

describe('the application runs and one line says why nothing is recorded,', () => {
  test('where OpenTelemetry is switched off', async () => {
    const { status, stdout, said } = await run('app-says.mjs', { OTEL_SDK_DISABLED: 'true' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
    expect(said).toEqual(['stepseal: OTEL_SDK_DISABLED is true: no step-up is recorded.']);
    expect(existsSync(join(cwd, '.stepseal'))).toBe(false);
  });

  test('where the configuration has a mistake', async () => {
    writeFileSync(join(cwd, 'stepseal.config.json'), '{"dataDirr": "x"}');
    const { status, stdout, said } = await run('app-says.mjs');
    expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^stepseal: CONFIG_UNKNOWN_KEY: .*dataDir.*no step-up is recorded\.$/);
  });

  test.each([
    ['malformed', () => writeFileSync(join(cwd, 'stepseal.config.json'), '{')],
    ['unreadable', () => mkdirSync(join(cwd, 'stepseal.config.json'))],
  ])('where the configuration is %s, and an empty STEPSEAL_REQUIRED counts as unset', async (_title, prepare) => {
    prepare();
    const env = { STEPSEAL_REQUIRED: '', STEPSEAL_CONFIG_FILE: '' };
    const { status, stdout, said } = await run('app-says.mjs', env);
    expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^stepseal: CONFIG_(MALFORMED|UNREADABLE): /);
  });

  test('where a key is damaged', async () => {
    await run('app-says.mjs');
    writeFileSync(join(cwd, '.stepseal/keys/identity.pem'), 'not a key');
    const { status, stdout, said } = await run('app-says.mjs');
    expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^stepseal: KEY_MALFORMED: /);
  });

  test('where the data directory cannot be made', async () => {
    writeFileSync(join(cwd, '.stepseal'), 'in the way');
    const { status, stdout, said } = await run('app-named.mjs');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^stepseal: KEY_NOT_WRITABLE: /);
  });
});

test('a start whose records have to wait does not claim that they are sealed', async () => {
  await run('app-says.mjs');
  rmSync(join(cwd, '.stepseal/writers'), { recursive: true });
  writeFileSync(join(cwd, '.stepseal/writers'), 'in the way');
  const { status, stdout, said } = await run('app-says.mjs');
  expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
  expect(said[0]).toMatch(/^stepseal: [A-Z_]+: cannot seal records/);
  expect(said[1]).toMatch(
    /^stepseal: step-ups of local will be sealed in \.stepseal once it can be written, identity /,
  );
});

test('an application outlives the reader of its standard error', async () => {
  const { status, stdout } = await run('app-patient.mjs', {}, { deaf: true });
  expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
});

test('a path cannot smuggle terminal sequences or further lines into the line at start', async () => {
  const { said } = await run('app-says.mjs', { STEPSEAL_DATA_DIR: 'a\u001b[31mb\nc' });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/; sealing step-ups of local in a\\u\{1b\}\[31mb\\u\{a\}c, identity /);
});

test('what anybody else publishes on the channels of Node does not end the application', async () => {
  const { status, stdout, said } = await run('app-publishes.mjs');
  expect({ status, stdout }).toEqual({ status: 0, stdout: RAN });
  expect(said.slice(1)).toEqual([
    'stepseal: CAPTURE_FAILED: A hook failed with TypeError; the request went on, its record may be missing.',
  ]);
});

describe('where evidence is required the application does not start', () => {
  const required = { STEPSEAL_REQUIRED: '1' };

  test('without keys', async () => {
    const { status, stdout, said } = await run('app-says.mjs', required);
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^stepseal: KEY_MISSING: /);
    expect(existsSync(join(cwd, '.stepseal/keys/identity.pem')), 'no key is made up').toBe(false);
  });

  test('with a configuration that cannot be read', async () => {
    writeFileSync(join(cwd, 'stepseal.config.json'), '{');
    expect(await run('app-says.mjs', required)).toMatchObject({ status: 78, stdout: '' });
  });

  test('with a mistake in the very file that requires it', async () => {
    writeFileSync(join(cwd, 'stepseal.config.json'), '{"required": true, "dataDirr": "x"}');
    expect(await run('app-says.mjs')).toMatchObject({ status: 78, stdout: '' });
  });

  test('with capture switched off', async () => {
    await run('app-says.mjs');
    expect(await run('app-says.mjs', { ...required, OTEL_SDK_DISABLED: 'true' })).toMatchObject({
      status: 78,
      stdout: '',
    });
  });

  test('where records cannot be written', async () => {
    await run('app-says.mjs');
    rmSync(join(cwd, '.stepseal/writers'), { recursive: true });
    writeFileSync(join(cwd, '.stepseal/writers'), 'in the way');
    expect(await run('app-says.mjs', required)).toMatchObject({ status: 78, stdout: '' });
  });

  test('and starts where all is there', async () => {
    await run('app-says.mjs');
    expect(await run('app-says.mjs', required)).toMatchObject({ status: 0, stdout: RAN });
  });
});
