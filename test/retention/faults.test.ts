// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync } from 'node:fs';
import { type Fault, FaultyFs } from '@stepseal/testkit';
import type { KnownHeads } from '@stepseal/verifier';
import { expect, test } from 'vitest';
import { age, codesOf, DAY_MS, endClaims, report, segmentsOf, startService, temporaryDirectory } from './service.ts';

/** `npm run test:crash` takes every call; otherwise every third one, each kind of fault beginning with another. */
const STEP = process.env['STEPSEAL_CRASH_ROUNDS'] === undefined ? 3 : 1;

const OPTIONS = { retention: { maxAgeMs: 7 * DAY_MS }, roll: { maxBytes: 6_000 } };

interface Site {
  readonly directory: string;
  readonly due: readonly string[];
  readonly seen: KnownHeads;
}

/** A service with two streams that are due; somebody has seen all of them. */
async function site(files: (directory: string) => FaultyFs) {
  const directory = temporaryDirectory();
  const faulty = files(directory);
  const service = startService(directory, { ...OPTIONS, files: faulty });
  service.emit(16);
  await service.forceFlush();
  const due = segmentsOf(directory).slice(0, 2);
  age(due, 8);
  const seen = (await report(directory)).knownHeads;
  return { site: { directory, due, seen }, faulty, service };
}

/** Every stream that is gone was declared, and nothing else is said to be wrong. */
async function expectNoAlarm({ directory, due, seen }: Site, what: string): Promise<void> {
  const { findings } = await report(directory, seen);
  const pruned = findings.filter(({ code }) => code === 'PRUNED').length;
  expect(
    findings.filter(({ severity }) => severity === 'tampered'),
    what,
  ).toEqual([]);
  expect(pruned, what).toBe(due.filter((path) => !existsSync(path)).length);
}

/** How many calls a deletion makes, so that each of them can go wrong. */
async function callsOfDeletion(): Promise<number> {
  const { service, faulty, site: here } = await site((directory) => new FaultyFs(directory));
  const before = faulty.calls.length;
  await service.applyRetention();
  const calls = faulty.calls.length - before;
  expect(here.due.map((path) => existsSync(path))).toEqual([false, false]);
  await service.shutdown();
  return calls;
}

const KINDS = ['EIO', 'ENOSPC', 'late'] as const satisfies readonly Fault['kind'][];

test.each(KINDS)('one call of a deletion ends with %s: no alarm, and the next look finishes it', async (kind) => {
  const calls = await callsOfDeletion();
  for (let at = 1 + (KINDS.indexOf(kind) % STEP); at <= calls; at += STEP) {
    const { service, faulty, site: here } = await site((directory) => new FaultyFs(directory));
    const call = faulty.calls.length + at;
    faulty.fault = { kind, from: call, to: call };
    await service.applyRetention();
    faulty.fault = undefined;
    const what = `call ${at}, ${faulty.calls[call - 1]?.name}`;
    await expectNoAlarm(here, what);
    await service.forceFlush();
    await service.applyRetention();
    await service.applyRetention();
    expect(
      here.due.filter((path) => existsSync(path)),
      what,
    ).toEqual([]);
    await service.shutdown();
    expect((await report(here.directory, here.seen)).exitCode, what).toBe(0);
  }
});

test('the power goes at any call of a deletion: what is gone was declared on the disk', async () => {
  const calls = await callsOfDeletion();
  for (let at = 1; at <= calls; at += STEP) {
    const { service, faulty, site: here } = await site((directory) => new FaultyFs(directory));
    faulty.fault = { kind: 'EIO', from: faulty.calls.length + at, to: Number.MAX_SAFE_INTEGER };
    await service.applyRetention();
    faulty.powerCut('.ndjson');
    endClaims(here.directory);
    await expectNoAlarm(here, `call ${at}`);
    age(
      here.due.filter((path) => existsSync(path)),
      8,
    );
    const next = startService(here.directory, OPTIONS);
    await next.forceFlush();
    await next.applyRetention();
    expect(
      here.due.filter((path) => existsSync(path)),
      `call ${at}`,
    ).toEqual([]);
    await next.shutdown();
    const after = await report(here.directory, here.seen);
    expect([after.exitCode, codesOf(after).filter((code) => code === 'PRUNED').length], `call ${at}`).toEqual([0, 2]);
  }
});
