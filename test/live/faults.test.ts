// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditPipeline, startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { type FaultKind, FaultyFs } from '@stepseal/testkit';
import { directorySource, parseTrustPolicy, type Report, verify } from '@stepseal/verifier';
import { afterAll, expect, test } from 'vitest';

const DEPLOYMENT = 'faults.test';
const root = mkdtempSync(join(tmpdir(), 'stepseal-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const identity = createKeys(join(root, 'keys')).signer(DEPLOYMENT);
const trust = parseTrustPolicy(
  JSON.stringify({ version: 1, deployments: { [DEPLOYMENT]: { identities: [identity.vkey] } } }),
);

function start(dataDir: string, files: FaultyFs): AuditPipeline {
  return startAuditPipeline({
    deployment: DEPLOYMENT,
    dataDir,
    identity,
    files,
    exitHooks: false,
    onDiagnostic: () => undefined,
    seal: { maxRecords: 4, intervalMs: 60_000 },
    roll: { maxBytes: 9_000 },
  });
}

/** Two processes after each other: opening, seals, commits, rolls, an end, a takeover. */
async function work(dataDir: string, files: FaultyFs): Promise<void> {
  for (const life of ['a', 'b']) {
    const pipeline = start(dataDir, files);
    const logger = pipeline.loggerProvider.getLogger('faults');
    for (let at = 0; at < 13; at++) {
      logger.emit({ eventName: 'step_up.required', attributes: { 'step_up.id': `${life}${at}` } });
      if (at % 5 === 2) await pipeline.commit();
      if (at % 8 === 7) await pipeline.forceFlush();
    }
    await pipeline.forceFlush();
    await pipeline.shutdown();
  }
}

/** A healthy successor for every directory that was left. */
async function adopt(dataDir: string): Promise<void> {
  // The death of a process ends its claims; here it lives on.
  for (const entry of readdirSync(dataDir, { recursive: true, encoding: 'utf8' }))
    if (/owner\.\d{6}$/.test(entry)) renameSync(join(dataDir, entry), join(dataDir, `${entry}.released`));
  const files = new FaultyFs(dataDir);
  for (const pipeline of readdirSync(join(dataDir, 'writers')).map(() => start(dataDir, files)))
    await pipeline.shutdown();
}

const look = (dataDir: string): Promise<Report> => verify({ sources: [directorySource(dataDir)], trust });

test('a power cut after any number of records: no alarm, and whole once adopted, also for those who looked before', async () => {
  for (let records = 1; records <= 30; records++) {
    const dataDir = mkdtempSync(join(root, 'data-'));
    const files = new FaultyFs(dataDir);
    const pipeline = start(dataDir, files);
    const logger = pipeline.loggerProvider.getLogger('faults');
    for (let at = 0; at < records; at++) {
      logger.emit({ eventName: 'step_up.required', attributes: { 'step_up.id': `r${at}` } });
      if (at % 4 === records % 4) await pipeline.commit();
    }
    const { knownHeads } = await look(dataDir);
    files.powerCut('.ndjson');
    const cut = await verify({ sources: [directorySource(dataDir)], trust, knownHeads });
    expect(
      cut.findings.filter(({ severity }) => severity === 'tampered'),
      `${records} records`,
    ).toEqual([]);
    await adopt(dataDir);
    const adopted = await verify({ sources: [directorySource(dataDir)], trust, knownHeads });
    expect(
      adopted.findings.filter(({ severity }) => severity !== 'info'),
      `${records} records`,
    ).toEqual([]);
  }
});

/** `npm run test:crash` begins a fault at every second call; otherwise at every sixth, each kind with another. */
const STEP = process.env['STEPSEAL_CRASH_ROUNDS'] === undefined ? 6 : 2;

const CASES: readonly (readonly [FaultKind, length: number, first: number, step: number])[] = [
  ['EIO', 1, 1, STEP],
  ['ENOSPC', 1, 3 % STEP, STEP],
  ['short', 1, 5 % STEP, STEP],
  ['late', 1, 1, STEP],
  ['EIO', 12, 1, 9],
  ['ENOSPC', 12, 1, 9],
  ['short', 12, 1, 9],
  ['late', 12, 1, 9],
];

test.each(CASES)(
  '%s at %i call(s) in a row, beginning at call %i and any %i-th after it: no alarm, and whole once adopted',
  async (kind, length, first, step) => {
    const healthy = mkdtempSync(join(root, 'data-'));
    const counting = new FaultyFs(healthy);
    await work(healthy, counting);
    expect((await look(healthy)).grade).toBe('SEALED');
    for (let from = first; from <= counting.calls.length; from += step) {
      const dataDir = mkdtempSync(join(root, 'data-'));
      await work(dataDir, new FaultyFs(dataDir, { kind, from, to: from + length - 1 }));
      const where = `${kind} from call ${from} on (${counting.calls[from - 1]?.name})`;
      const before = await look(dataDir);
      expect(
        before.findings.filter(({ severity }) => severity === 'tampered'),
        where,
      ).toEqual([]);
      await adopt(dataDir);
      const after = await look(dataDir);
      expect(
        after.findings.filter(({ severity }) => severity !== 'info'),
        where,
      ).toEqual([]);
      rmSync(dataDir, { recursive: true });
    }
  },
);
