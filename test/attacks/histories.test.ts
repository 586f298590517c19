// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { flipBit, SeededRandom } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { type History, randomHistory } from './histories.ts';
import { runVerifier } from './run.ts';
import type { Files } from './scenario.ts';

const HISTORIES = 150;

function shown({ trust, now }: History, files: Files) {
  return runVerifier({ sources: [files], trust, now });
}

test('no genuine history raises an alarm', async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < HISTORIES; seed++) {
    const history = randomHistory(seed);
    const report = await shown(history, history.files);
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
  for (let seed = 0; seed < HISTORIES; seed++) {
    const history = randomHistory(seed);
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
