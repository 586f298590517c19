// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CrashSite, ended, type Job } from './emitters.ts';

const ROUNDS = Number(process.env['STEPSEAL_CRASH_ROUNDS'] ?? 10);

/** Records reported before a kill, at least. */
const REPORTED = 1_000;

/** Kills of each aim: a tenth each at a seal, a roll and an adoption, the rest at any moment. */
const AIMS = ['seal', 'roll', 'adoption', ...Array<'moment'>(7).fill('moment')] as const;
type Aim = (typeof AIMS)[number];

const killed = new Map<Aim, number>();
afterAll(() => {
  console.log(`killed: ${[...killed].map(([aim, count]) => `${count} at ${aim}`).join(', ')}`);
});

/** Emits until it is killed, and is killed after it has reported enough and some time more. */
async function killAtAMoment(site: CrashSite, job: Job): Promise<void> {
  const child = site.start(job);
  const gone = ended(child);
  await until(() => site.reportedLines(job.tag) >= REPORTED || child.exitCode !== null);
  await sleep(Math.random() * 150);
  child.kill('SIGKILL');
  expect(await gone).toBe('SIGKILL');
}

async function killAt(site: CrashSite, job: Job): Promise<void> {
  expect(await ended(site.start(job))).toBe('SIGKILL');
}

/** Kills one or two processes, the last one as aimed. */
async function kill(site: CrashSite, aim: Aim, calls: number): Promise<void> {
  const endless = { tag: 'first', records: Number.MAX_SAFE_INTEGER };
  switch (aim) {
    case 'moment':
      return killAtAMoment(site, Math.random() < 0.5 ? endless : { ...endless, rollBytes: 300_000 });
    case 'seal':
      return killAt(site, { ...endless, killAt: { point: 'seal', after: REPORTED + 50, calls: calls % 4 } });
    case 'roll':
      return killAt(site, {
        ...endless,
        rollBytes: 900_000,
        killAt: { point: 'stream.close', after: REPORTED + 100, calls: calls % 12 },
      });
    case 'adoption':
      await killAtAMoment(site, endless);
      return killAt(site, { tag: 'second', records: 1, killAt: { point: 'start', after: 0, calls: calls % 24 } });
  }
}

async function expectSound(site: CrashSite): Promise<void> {
  const report = await site.verify();
  expect(report.findings.filter(({ severity }) => severity === 'tampered')).toEqual([]);
}

/** A successor adopts everything. Only of a roll that was cut in two something stays promised that never came. */
async function expectSealed(site: CrashSite, rolled: boolean): Promise<void> {
  const { findings } = await site.verify();
  const open = findings.filter(
    ({ severity, code }) => severity !== 'info' && !(rolled && code === 'SUCCESSOR_MISSING'),
  );
  expect(open).toEqual([]);
}

async function expectNothingLost(site: CrashSite): Promise<void> {
  const recorded = await site.recordedIds();
  expect(new Set(recorded).size).toBe(recorded.length);
  const known = new Set(recorded);
  expect(site.reported().filter((id) => !known.has(id))).toEqual([]);
}

for (let round = 0; round < ROUNDS; round++) {
  const aim = AIMS[round % AIMS.length] as Aim;
  test(`round ${round}: nothing reported is lost to a SIGKILL aimed at a ${aim}`, async () => {
    const site = new CrashSite();
    try {
      await kill(site, aim, Math.floor(Math.random() * 120));
      expect(site.reportedLines('first')).toBeGreaterThanOrEqual(REPORTED);
      await expectSound(site);
      expect(await ended(site.start({ tag: 'last', records: 10, end: 'shutdown' }))).toBe(0);
      await expectSealed(site, aim === 'roll' || aim === 'moment');
      await expectNothingLost(site);
      // Every stream but the very first names the one before it: one directory, one line of streams.
      const causes = await site.causes();
      expect(causes.filter((cause) => cause === 'first')).toHaveLength(1);
      // A process that dies between the two halves of a roll leaves a stream that has ended.
      expect(['crash', 'closed']).toContain(causes.at(-1));
      if (aim === 'seal' || aim === 'adoption') expect(causes.at(-1)).toBe('crash');
    } finally {
      site.remove();
    }
    killed.set(aim, (killed.get(aim) ?? 0) + 1);
  });
}

test('four processes and four worker threads in one directory lose nothing to SIGKILLs, and all are adopted', async () => {
  const site = new CrashSite();
  try {
    const endless = { records: Number.MAX_SAFE_INTEGER };
    const jobs: Job[] = ['a', 'b', 'c', 'd'].map((tag) => ({ ...endless, tag, workers: 1 }));
    const tags = jobs.flatMap(({ tag }) => [tag, `${tag}w0`]);
    const children = jobs.map((job) => site.start(job));
    await until(() => tags.every((tag) => site.reportedLines(tag) >= REPORTED));
    const gone = children.map(ended);
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(gone);
    await expectSound(site);
    // Eight directories are left; eight successors at once take one each.
    const go = join(site.root, 'go');
    const successors = ['p', 'q', 'r', 's'].map((tag) => site.start({ tag, records: 20, workers: 1, until: go }));
    await until(() =>
      ['p', 'q', 'r', 's'].every((tag) => site.reportedLines(tag) + site.reportedLines(`${tag}w0`) === 40),
    );
    writeFileSync(go, '');
    expect(await Promise.all(successors.map(ended))).toEqual([0, 0, 0, 0]);
    await expectSealed(site, false);
    await expectNothingLost(site);
    const causes = await site.causes();
    expect(causes.filter((cause) => cause === 'first')).toHaveLength(8);
    expect(causes.filter((cause) => cause === 'crash')).toHaveLength(8);
  } finally {
    site.remove();
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
