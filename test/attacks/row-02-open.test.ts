// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { FLIPPED, flipAll, names, printTried, smallStream } from './row-02.ts';
import { runVerifier } from './run.ts';

const LIMIT_MS = 300_000;

/** Lines of the open record and its note. */
const OPEN: readonly number[] = [0, 1];

test(`attack 2: ${FLIPPED} of the open record and its note is found, and the record named`, {
  timeout: LIMIT_MS,
}, async () => {
  const stream = smallStream('closed');
  expect((await runVerifier(stream.input(stream.bytes))).exitCode, 'control').toBe(0);
  const { tried, missed, shown } = await flipAll(
    stream,
    OPEN,
    (report, numbers) => report.exitCode === 1 && names(report, numbers),
  );
  printTried({ tried, missed }, 'a closed stream’s open record and note');
  expect({ missed, shown }).toEqual({ missed: 0, shown: [] });
});
