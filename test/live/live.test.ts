// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createKeys } from '@stepseal/processor/keys';
import { directorySource, type KnownHeads, parseTrustPolicy, type Report, verify } from '@stepseal/verifier';
import { afterEach, beforeEach, expect, test } from 'vitest';

const FIXTURE = fileURLToPath(new URL('fixtures/busy-writer.mjs', import.meta.url));
const DEPLOYMENT = 'live.test';
const WRITERS = 4;
const ROUNDS = 3;
/** Verifications of one round; a round begins with an empty directory, so that reading it stays quick. */
const VERIFICATIONS = 11;

let root: string;
let children: ChildProcess[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stepseal-live-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map(stop));
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

for (let round = 0; round < ROUNDS; round++)
  test(`a directory that ${WRITERS} processes write, roll and adopt is never an alarm (round ${round + 1})`, async () => {
    const dataDir = join(root, 'data');
    const { vkey } = createKeys(join(root, 'keys')).signer(DEPLOYMENT);
    const trust = parseTrustPolicy(
      JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [vkey] } } }),
    );
    const job = {
      deployment: DEPLOYMENT,
      dataDir,
      identityFile: join(root, 'keys', 'identity.pem'),
      rollBytes: 48_000 << (round % 3),
      seal: { maxRecords: 8 << (round % 2) },
    };
    const start = (): void => {
      children.push(
        spawn(process.execPath, [FIXTURE, JSON.stringify(job)], { stdio: ['ignore', 'ignore', 'inherit'] }),
      );
    };
    while (children.length < WRITERS) start();
    let knownHeads: KnownHeads | undefined;
    const look = async (): Promise<Report> => {
      const report = await verify({ sources: [directorySource(dataDir)], trust, knownHeads });
      expect(report.findings.filter(({ severity }) => severity === 'tampered')).toEqual([]);
      knownHeads = report.knownHeads;
      return report;
    };
    let report: Report | undefined;
    while (report === undefined || report.streams.filter(({ trusted }) => trusted).length < WRITERS) {
      await setTimeout(20);
      report = await look().catch((error: unknown) => {
        // There is no directory before the first process has made one.
        if ((error as { code?: string }).code !== 'SOURCE_UNREADABLE') throw error;
        return undefined;
      });
    }
    for (let number = 0; number < VERIFICATIONS; number++) {
      report = await look();
      expect(report.findings.filter(({ severity }) => severity === 'cannot_verify')).toEqual([]);
      expect(report.findings.filter(({ code }) => code === 'SUCCESSOR_MISSING')).toEqual([]);
      // In the middle a process dies, and a new one adopts what it left.
      if (number === VERIFICATIONS >> 1) await stop(children[0] as ChildProcess).then(start);
    }
    expect(report.records).toBeGreaterThan(0);
  }, 120_000);
