// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { FAULTS, type Fault, OUTAGE_FAULTS } from './faults.ts';
import { sleep } from './support/line.ts';
import { type Row, Trial, table } from './support/row.ts';
import { Store } from './support/store.ts';

/** Longer than the exporter's own time-out, and than the two minutes that are asked for. */
const OUTAGE_MS = 125_000;

/** All of them wait for the same few minutes. */
const LIMIT_MS = 1_800_000;

const directory = mkdtempSync(join(tmpdir(), 'stepseal-chaos-'));
const store = new Store();
const rows: Row[] = [];
const results = new Map<Fault, Promise<Row>>();
let ended: Promise<void> | undefined;

beforeAll(async () => {
  await store.start();
  await installed(store);
  // All faults of a kind at once, each on a line of its own; the tests only wait for how theirs came out.
  const first = together(FAULTS, async () => {});
  ended = together(
    OUTAGE_FAULTS,
    async (over) => {
      await store.stop();
      await sleep(OUTAGE_MS);
      await store.start();
      over();
    },
    first,
  );
});

afterAll(async () => {
  await ended;
  if (rows.length > 0) console.log(table(rows));
  await store.remove();
  rmSync(directory, { recursive: true, force: true });
}, LIMIT_MS);

test.for([...FAULTS, ...OUTAGE_FAULTS])('$title: no record is lost', { timeout: LIMIT_MS }, async (fault) => {
  const row = await (results.get(fault) as Promise<Row>);
  rows.push(row);
  expect(row.rate).toBeGreaterThanOrEqual(200);
  // Nothing is missing any more, and the live index is what was sealed.
  expect(row.reconcile?.exitCode ?? 0, row.reconcile?.output).toBe(0);
  expect(row.verify.exitCode, row.verify.output.slice(0, 3_000)).toBe(0);
  const { twice, missing, strange } = row.standing;
  const counts = { lost: row.lost, twice: twice.length, missing: missing.length, strange: strange.length };
  expect(counts).toEqual({ lost: 0, twice: 0, missing: 0, strange: 0 });
  if (fault.loses) expect(row.reconciled).toBeGreaterThan(0);
});

/** @returns once all of them are accounted for and nothing of theirs runs */
async function together(
  faults: readonly Fault[],
  between: (over: () => void) => Promise<void>,
  after: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const trials = faults.map((fault) => new Trial(fault, store, directory));
  const ready = trials.map((trial) => after.then(() => trial.start()));
  const shared = Promise.allSettled(ready).then(() => between(resolve));
  const all = trials.map(async (trial, at) => {
    try {
      await ready[at];
      await Promise.all([shared, trial.suffer({ over })]);
      return await trial.account();
    } finally {
      await trial.end();
    }
  });
  for (const [at, result] of all.entries()) results.set(faults[at] as Fault, result);
  await Promise.allSettled([...all, shared]);
}
