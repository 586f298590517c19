// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@stepseal/processor/config';
import type { HealthReport } from '@stepseal/processor/data';
import { createKeys } from '@stepseal/processor/keys';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOOKED_MODULES } from '../../instrumentation/src/libraries/hooked-modules.ts';
import { AUTHENTICATION_LIBRARIES } from '../src/doctor/authentication-libraries.ts';
import { checkCapture } from '../src/doctor/capture-check.ts';
import { checkClock, readClock } from '../src/doctor/clock-check.ts';
import type { Diagnosis, Patient } from '../src/doctor/diagnosis.ts';
import { checkEndpoint } from '../src/doctor/endpoint-check.ts';
import { installedPackages } from '../src/doctor/installed-packages.ts';
import { checkKeys } from '../src/doctor/keys-check.ts';
import { checkRuntime } from '../src/doctor/runtime-check.ts';
import { checkStorage, ofFileSystem } from '../src/doctor/storage-check.ts';
import { checkTelemetry, TELEMETRY_PACKAGES } from '../src/doctor/telemetry-check.ts';
import { checkUsers } from '../src/doctor/users-check.ts';

let cwd: string;
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'stepseal-test-')));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function install(path: string, version: string): string {
  const directory = join(cwd, 'node_modules', path);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ version }));
  return directory;
}

function patient(more: Partial<Patient> = {}): Patient {
  const names = new Set([...Object.keys(AUTHENTICATION_LIBRARIES), ...TELEMETRY_PACKAGES]);
  const config = loadConfig({ argv: [], env: {}, cwd });
  return { config, cwd, env: {}, packages: installedPackages(cwd, names), health: [], ...more };
}

function health(more: Partial<HealthReport>): HealthReport {
  const counts = { emitted: 0, sealed: 0, acknowledged: 0, delivered: 0, refused: 0, setAside: 0 };
  const rest = { waiting: 0, queueBytes: 0, instrumented: [], counts: {}, problems: [] };
  return { path: '', pid: 1, threadId: 0, startedMs: 0, updatedMs: 0, state: 'open', ...counts, ...rest, ...more };
}

function codes({ findings }: Diagnosis): string[] {
  return findings.map(({ code }) => code);
}

test('what is said to be captured is what the instrumentation hooks', () => {
  for (const { name, library, patchOf } of HOOKED_MODULES.filter((one) => one.name === one.library)) {
    const majors = Array.from({ length: 30 }, (_, major) => major).filter((major) => patchOf(`${major}.1.0`));
    expect([name, AUTHENTICATION_LIBRARIES[library]?.observed]).toEqual([name, majors]);
  }
});

test('an authentication library that is not observed is named, with its version', () => {
  install('otplib', '13.5.0');
  install('speakeasy', '2.0.0');
  install('@simplewebauthn/server', '9.0.1');
  const diagnosis = checkCapture(patient({ env: { NODE_OPTIONS: '--import @stepseal/instrumentation/register' } }));
  expect(diagnosis.findings.map(({ what }) => what)).toEqual([
    expect.stringContaining('@simplewebauthn/server 9.0.1'),
    expect.stringContaining('speakeasy 2.0.0'),
  ]);
  expect(diagnosis.facts.map(({ name, value }) => `${name} ${value}`)).toContain(
    'captured otplib 13.5.0: one-time codes',
  );
});

test('what a running process says of a library outweighs what is supported', () => {
  install('otplib', '13.5.0');
  const instrumented = [{ library: 'otplib', version: '13.5.0', observed: false }];
  expect(codes(checkCapture(patient({ health: [health({ instrumented })] })))).toEqual(['LIBRARY_NOT_CAPTURED']);
});

test('a service that is started without the instrumentation is told', () => {
  expect(codes(checkCapture(patient()))).toEqual(['NOT_PRELOADED']);
  writeFileSync(
    join(cwd, 'package.json'),
    '{"scripts":{"start":"node --import @stepseal/instrumentation/register a.js"}}',
  );
  expect(codes(checkCapture(patient()))).toEqual([]);
});

test('two lines of OpenTelemetry are named with both paths', () => {
  const newer = install('@opentelemetry/api', '1.10.0');
  const older = install('other/node_modules/@opentelemetry/api', '1.9.0');
  const { findings } = checkTelemetry(patient());
  expect(findings.map(({ code }) => code)).toEqual(['TWO_TELEMETRY_LINES']);
  expect(findings[0]?.what).toContain(newer);
  expect(findings[0]?.what).toContain(older);
});

test("the copy inside the command's own client of Elasticsearch is no second line", () => {
  install('@opentelemetry/api', '1.10.0');
  install('@elastic/transport/node_modules/@opentelemetry/api', '1.9.1');
  expect(codes(checkTelemetry(patient()))).toEqual([]);
});

test('an older SDK under a newer API is two lines too, two patches of one line are not', () => {
  install('@opentelemetry/api', '1.10.0');
  install('@opentelemetry/sdk-logs', '3.1.1');
  install('a/node_modules/@opentelemetry/sdk-logs', '3.1.0');
  expect(codes(checkTelemetry(patient()))).toEqual([]);
  install('b/node_modules/@opentelemetry/sdk-logs', '0.223.1');
  expect(codes(checkTelemetry(patient()))).toEqual(['TWO_TELEMETRY_LINES']);
});

test('copies in the layout of pnpm, and links in a circle, are found once', () => {
  const store = '.pnpm/otpauth@9.5.2/node_modules/otpauth';
  install(store, '9.5.2');
  symlinkSync(join(cwd, 'node_modules', store), join(cwd, 'node_modules', 'otpauth'));
  symlinkSync(join(cwd, 'node_modules'), join(cwd, 'node_modules', store, 'node_modules'));
  expect(installedPackages(cwd, new Set(['otpauth']))).toHaveLength(1);
});

test('keys that are missing where they were configured, and keys that others can write, are told', () => {
  expect(codes(checkKeys(patient()))).toEqual([]);
  const config = loadConfig({ argv: ['--required'], env: {}, cwd });
  expect(codes(checkKeys(patient({ config })))).toEqual(['KEY_MISSING']);
  createKeys(join(config.dataDir, 'keys'));
  expect(codes(checkKeys(patient({ config })))).toEqual([]);
});

test('a trust file among the records is told, and so is a file system that keeps no promises', () => {
  const { config } = patient();
  expect(codes(checkStorage(patient()))).toEqual([]);
  mkdirSync(config.dataDir);
  writeFileSync(join(config.dataDir, 'stepseal.trust.json'), '{}');
  expect(codes(checkStorage(patient()))).toEqual(['TRUST_IN_DATA']);
  expect(ofFileSystem(0x6969).map(({ code }) => code)).toEqual(['NETWORK_FILE_SYSTEM']);
  expect(ofFileSystem(0x4d44).map(({ code }) => code)).toEqual(['NO_HARD_LINKS']);
  expect(ofFileSystem(0xef53)).toEqual([]);
});

test('records without their user are counted', async () => {
  expect(codes(await checkUsers(patient()))).toEqual([]);
  const counts = { records: 10, unknownUser: 4 };
  const { findings } = await checkUsers(patient({ health: [health({ counts })] }));
  expect(findings[0]?.what).toBe('4 of 10 step-up records (40 %) do not name their user.');
});

test('a clock that is not synchronised is told, and one that cannot be asked is not', async () => {
  const answers = (answer: Record<string, string>) => readClock((program) => Promise.resolve(answer[program]));
  expect(codes(checkClock(await answers({ timedatectl: 'no' })))).toEqual(['CLOCK_NOT_SYNCHRONISED']);
  expect(codes(checkClock(await answers({ chronyc: 'Leap status     : Not synchronised' })))).toEqual([
    'CLOCK_NOT_SYNCHRONISED',
  ]);
  expect(codes(checkClock(await answers({ timedatectl: 'yes' })))).toEqual([]);
  expect(codes(checkClock(await answers({})))).toEqual([]);
});

test('a Node.js that cannot record is told', () => {
  expect(['v20.19.0', 'v22.14.0', 'v22.15.0', 'v24.0.0'].map((version) => codes(checkRuntime(version)).length)).toEqual(
    [1, 1, 0, 0],
  );
});

test('an endpoint that nobody listens at is told', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const endpoint = `http://127.0.0.1:${port}`;
  expect(codes(await checkEndpoint(endpoint))).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
  expect(codes(await checkEndpoint(endpoint))).toEqual(['ENDPOINT_UNREACHABLE']);
});
