// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeys } from '@stepseal/processor/keys';
import { directorySource, parseTrustPolicy, type Report, verify } from '@stepseal/verifier';
import { expect, test } from 'vitest';
import { age, DAY_MS, segmentsOf, temporaryDirectory } from '../retention/service.ts';

const PRUNER = fileURLToPath(new URL('fixtures/pruner.mjs', import.meta.url));
const DEPLOYMENT = 'bank.test';
/** In a crash run a process is killed at each call, else at some: the files go with the last ones. */
const EVERY = process.env['STEPSEAL_CRASH_ROUNDS'] !== undefined;

class Site {
  readonly #root = temporaryDirectory();
  readonly dataDir = join(this.#root, 'data');
  readonly #vkey = createKeys(join(this.#root, 'keys')).signer(DEPLOYMENT).vkey;

  /** @returns the calls that the deletion made, or the signal that ended it */
  run(job: { readonly records?: number; readonly maxAgeMs?: number; readonly killAt?: number }): number | string {
    const identityFile = join(this.#root, 'keys', 'identity.pem');
    const whole = { deployment: DEPLOYMENT, dataDir: this.dataDir, identityFile, records: 1, maxAgeMs: 0, ...job };
    const { signal, stdout, status, stderr } = spawnSync(process.execPath, [PRUNER, JSON.stringify(whole)], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(signal ?? status, stderr).toSatisfy((end) => end === 0 || end === 'SIGKILL');
    return signal ?? Number(stdout);
  }

  verify(knownHeads?: Report['knownHeads']): Promise<Report> {
    const trust = { version: 1, deployments: { [DEPLOYMENT]: { identities: [this.#vkey] } } };
    return verify({
      sources: [directorySource(this.dataDir)],
      trust: parseTrustPolicy(JSON.stringify(trust)),
      knownHeads,
    });
  }
}

async function prepared(): Promise<{ site: Site; due: readonly string[]; seen: Report['knownHeads'] }> {
  const site = new Site();
  site.run({ records: 16 });
  const due = segmentsOf(site.dataDir).slice(0, 3);
  age(due, 8);
  return { site, due, seen: (await site.verify()).knownHeads };
}

const WEEK = { maxAgeMs: 7 * DAY_MS };

test('killed at any call of a deletion: never a stream gone undeclared, never an alarm, and the next process goes on', async () => {
  const whole = await prepared();
  const calls = Number(whole.site.run(WEEK));
  expect(whole.due.filter((path) => existsSync(path))).toEqual([]);
  const moments = EVERY ? Array.from({ length: calls }, (_, at) => at + 1) : [calls >> 1, calls - 6, calls - 4];
  const left = new Set<number>();
  for (const killAt of moments) {
    const { site, due, seen } = await prepared();
    expect(site.run({ ...WEEK, killAt })).toBe('SIGKILL');
    const { findings } = await site.verify(seen);
    expect(
      findings.filter(({ severity }) => severity === 'tampered'),
      `call ${killAt}`,
    ).toEqual([]);
    const gone = due.filter((path) => !existsSync(path));
    left.add(gone.length);
    expect(findings.filter(({ code }) => code === 'PRUNED')).toHaveLength(gone.length);
    site.run(WEEK);
    expect(
      due.filter((path) => existsSync(path)),
      `call ${killAt}`,
    ).toEqual([]);
    const after = await site.verify(seen);
    expect([after.exitCode, after.findings.filter(({ code }) => code === 'PRUNED').length]).toEqual([0, due.length]);
  }
  // The kills fell before and between the deletions.
  expect(left.size).toBeGreaterThan(1);
});
