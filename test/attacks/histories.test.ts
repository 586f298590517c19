// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { flipBit, SeededRandom } from '@stepseal/testkit';
import { formatKnownHeads, type Report } from '@stepseal/verifier';
import { expect, test } from 'vitest';
import { type History, randomHistory } from './histories.ts';
import { runVerifier } from './run.ts';
import type { Files } from './scenario.ts';

const HISTORIES: readonly History[] = Array.from({ length: 150 }, (_, seed) => randomHistory(seed));

function shown({ trust, now }: History, files: Files, knownHeads?: string): Promise<Report> {
  return runVerifier({ sources: [files], trust, now, ...(knownHeads === undefined ? {} : { knownHeads }) });
}

const reports = new Map<History, Promise<Report>>();

/** What is said of a history as it is; asked once. */
function untouched(history: History): Promise<Report> {
  const report = reports.get(history) ?? shown(history, history.files);
  reports.set(history, report);
  return report;
}

test('no genuine history raises an alarm', async () => {
  const wrong: string[] = [];
  for (const [seed, history] of HISTORIES.entries()) {
    const report = await untouched(history);
    if (report.exitCode !== 0) {
      const [first] = report.findings;
      wrong.push(
        `${seed}: ${first?.code} ${first?.from}..${first?.to} ${first?.evidence}; ${history.story.join(', ')}`,
      );
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
});

test('a flipped bit in any history is found', async () => {
  const wrong: string[] = [];
  for (const [seed, history] of HISTORIES.entries()) {
    const paths = [...history.files.keys()];
    const path = paths[new SeededRandom(`which file ${seed}`).below(paths.length)] ?? '';
    const bytes = history.files.get(path) ?? new Uint8Array();
    const report = await shown(history, new Map(history.files).set(path, flipBit(bytes, seed)));
    if (report.exitCode === 0) {
      wrong.push(`${seed}: ${path}; ${history.story.join(', ')}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('what one run has seen, the next one misses when a file is gone or cut, and only then', async () => {
  const wrong: string[] = [];
  for (const [seed, history] of HISTORIES.entries()) {
    const heads = formatKnownHeads((await untouched(history)).knownHeads);
    const again = await shown(history, history.files, heads);
    if (again.exitCode !== 0) {
      wrong.push(`${seed} again: ${again.findings[0]?.code}; ${history.story.join(', ')}`);
    }
    const random = new SeededRandom(`gone ${seed}`);
    const paths = [...history.files.keys()];
    const path = paths[random.below(paths.length)] ?? '';
    const gone = new Map(history.files);
    gone.delete(path);
    const missing = await shown(history, gone, heads);
    if (missing.exitCode !== 1) {
      wrong.push(`${seed} without ${path}: exit ${missing.exitCode}; ${history.story.join(', ')}`);
    }
    const bytes = history.files.get(path) ?? new Uint8Array();
    const cut = await shown(
      history,
      new Map(history.files).set(path, bytes.subarray(0, random.below(bytes.length))),
      heads,
    );
    if (cut.exitCode !== 1) {
      wrong.push(`${seed} cut ${path}: exit ${cut.exitCode}; ${history.story.join(', ')}`);
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
});
