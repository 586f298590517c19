// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TestWriter, testKey, writeOne, writeStepUp } from '@stepseal/testkit';
import { directorySource, parseTrustPolicy, verify } from '@stepseal/verifier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flipDirectory, readSegments } from './bit-flips.ts';

const LIMIT_MS = 300_000;
const FLIPS = 500;
const made: string[] = [];

interface Left {
  readonly directory: string;
  readonly trust: string;
  readonly now: number;
}

/** A data directory as two processes leave it: one that rolled, one that was killed and started again. */
function twoProcesses(): Left {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-flips-'));
  made.push(directory);
  const rolled = new TestWriter({ label: 'flips/rolled' });
  writeStepUp(rolled.start(), '1').seal();
  writeStepUp(rolled.roll(), '2');
  rolled.close();
  const killed = new TestWriter({ label: 'flips/killed' });
  writeStepUp(killed.start(), '3').seal();
  writeOne(killed.current, '4');
  killed.crash({ torn: Buffer.from('{"attributes":{"audit.record') });
  killed.clock.advance(3_000);
  writeStepUp(killed.start(), '5');
  killed.close();
  for (const [path, bytes] of [...rolled.files(), ...killed.files()]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
  const trust = JSON.stringify({ version: 1, deployments: { 'demo.bank': { identities: [rolled.identity.vkey] } } });
  return { directory, trust, now: killed.clock.wallMs + 600_000 };
}

/** What the demonstration of `npm start` leaves: two services, sealed by the real writer. */
async function demonstration(): Promise<Left> {
  const runs = mkdtempSync(join(tmpdir(), 'stepseal-demonstration-'));
  made.push(runs);
  const demo = fileURLToPath(new URL('../../examples/bank/demo.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [demo, '--dir', runs]);
  const run = join(runs, 'run-1');
  return { directory: join(run, 'data'), trust: readFileSync(join(run, 'trust.json'), 'utf8'), now: Date.now() };
}

afterAll(() => {
  for (const directory of made) {
    rmSync(directory, { recursive: true, force: true });
  }
});

const directories = [
  ['two processes', twoProcesses],
  ['the demonstration', demonstration],
] as const satisfies (readonly [string, () => Left | Promise<Left>])[];

for (const [name, leave] of directories) {
  describe(`bit flips in the directory of ${name}`, () => {
    let left: Left;
    beforeAll(async () => {
      left = await leave();
    }, LIMIT_MS);

    test('no flipped bit goes unnoticed', { timeout: LIMIT_MS }, async () => {
      const { directory, trust, now } = left;
      const untouched = await verify({ sources: [directorySource(directory)], trust: parseTrustPolicy(trust), now });
      expect(untouched.exitCode, 'control').toBe(0);
      const run = await flipDirectory(readSegments(directory), { trust, now, count: FLIPS, seed: name });
      process.stdout.write(`\nBit flips over ${name}: ${run.tried}, exit codes ${JSON.stringify(run.exitCodes)}\n`);
      expect(run.unnoticed).toEqual([]);
    });

    test('without a policy, or with another key in it, nothing is verified', async () => {
      const { directory, trust, now } = left;
      const [deployment = ''] = Object.keys(JSON.parse(trust).deployments);
      const stranger = testKey(deployment, 'flips/stranger');
      const wrong = JSON.stringify({ version: 1, deployments: { [deployment]: { identities: [stranger.vkey] } } });
      const without = await verify({ sources: [directorySource(directory)], now });
      const other = await verify({ sources: [directorySource(directory)], trust: parseTrustPolicy(wrong), now });
      expect([without.exitCode, without.grade]).toEqual([3, 'CANNOT_VERIFY']);
      expect([other.exitCode, other.grade]).toEqual([3, 'CANNOT_VERIFY']);
    });
  });
}

test('an empty directory is not taken for a verified one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-empty-'));
  made.push(directory);
  const report = await verify({ sources: [directorySource(directory)], now: 0 });
  expect(report.exitCode).toBe(3);
});
