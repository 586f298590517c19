// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, rmSync } from 'node:fs';
import { type FaultKind, FaultyFs } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { checkTrail, text } from './support/check-trail.ts';
import { endClaims, temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

const RECORDS = 13;

/** `npm run test:crash` lets every kind of fault meet every call; otherwise kinds take turns. */
const TURNS = process.env['STEPSEAL_CRASH_ROUNDS'] === undefined ? 3 : 1;

interface Outcome {
  readonly emitted: readonly string[];
  readonly acknowledged: readonly string[];
  /** Records that the pipeline said it could not write before it ended. */
  readonly lost: number;
}

/** Two processes after each other: opening, seals, commits, rolls, an end, a takeover. */
async function work(directory: string, files: FaultyFs): Promise<Outcome> {
  const emitted: string[] = [];
  const acknowledged: string[] = [];
  let lost = 0;
  for (const life of ['a', 'b']) {
    const own: string[] = [];
    const pipeline = testPipeline(directory, {
      files,
      seal: { maxRecords: 4, intervalMs: 60_000 },
      roll: { maxBytes: 9_000 },
    });
    for (let at = 0; at < RECORDS; at++) {
      const id = `${life}${at}`;
      pipeline.emit(id);
      own.push(id);
      if (at % 5 === 2 && (await pipeline.commit())) acknowledged.push(...own);
      if (at % 8 === 7) await pipeline.forceFlush();
    }
    emitted.push(...own);
    await pipeline.forceFlush();
    await pipeline.shutdown();
    if (pipeline.diagnostics.some(({ code }) => code === 'RECORDS_LOST')) lost += pipeline.status().waiting;
  }
  return { emitted, acknowledged, lost };
}

/** The order between two writers' directories means nothing. */
function idsOf(directory: string): string[] {
  return checkTrail(directory)
    .events.map((event) => text(event, 'step_up.id') ?? '')
    .sort();
}

/** A healthy successor for every directory that was left. */
async function adopt(directory: string): Promise<void> {
  endClaims(directory);
  const files = new FaultyFs(directory);
  const successors = readdirSync(`${directory}/writers`).map(() => testPipeline(directory, { files }));
  for (const successor of successors) await successor.shutdown();
}

async function callsOfHealthyWork(): Promise<string[]> {
  const directory = temporaryDirectory();
  const files = new FaultyFs(directory);
  const { emitted } = await work(directory, files);
  expect(idsOf(directory)).toEqual(emitted.toSorted());
  return files.calls.map((call) => call.name);
}

/** Calls that can fail in this way; the others are left out of the kind's turn. */
const CAN_FAIL: Record<FaultKind, RegExp> = {
  EIO: /./,
  late: /./,
  ENOSPC: /^(?:mkdir|open|write|link|fdata|fsync)/,
  short: /^write/,
};
const KINDS = Object.keys(CAN_FAIL) as FaultKind[];

/** Runs the work with the fault at every `step`-th call in turn, and checks each directory after a healthy successor. */
async function sweep(
  kind: FaultKind,
  length: number,
  step: number,
  check: (directory: string, outcome: Outcome) => void,
): Promise<void> {
  const calls = await callsOfHealthyWork();
  expect(calls.length).toBeGreaterThan(100);
  for (let from = 1 + (KINDS.indexOf(kind) % step); from <= calls.length; from += step) {
    if (!CAN_FAIL[kind].test(calls[from - 1] ?? '')) continue;
    const directory = temporaryDirectory();
    const files = new FaultyFs(directory, { kind, from, to: from + length - 1 });
    const outcome = await work(directory, files);
    await adopt(directory);
    try {
      check(directory, outcome);
    } catch (error) {
      const where = `${kind} at ${length} calls from ${from} on, ${JSON.stringify(files.calls[from - 1])}`;
      throw new Error(where, { cause: error });
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}

test.each(KINDS)(
  `a single %s at ${TURNS === 1 ? 'any one call' : 'one call, every third tried,'} loses nothing and leaves a sound trail`,
  async (kind) => {
    await sweep(kind, 1, TURNS, (directory, { emitted }) => {
      expect(idsOf(directory)).toEqual(emitted.toSorted());
    });
  },
);

test.each(KINDS)(
  '%s many times in a row breaks no trail and loses nothing acknowledged or undeclared',
  async (kind) => {
    await sweep(kind, 12, 7, (directory, { emitted, acknowledged, lost }) => {
      const ids = idsOf(directory);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining([...new Set(acknowledged)]));
      const missing = emitted.filter((id) => !ids.includes(id));
      expect(missing.length).toBeLessThanOrEqual(checkTrail(directory).declared + lost);
    });
  },
);
