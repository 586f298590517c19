// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { flipAll, names, smallStream } from './row-02.ts';
import { runVerifier } from './run.ts';

const LIMIT_MS = 300_000;

/** Lines of the open record and its note. */
const OPEN: readonly number[] = [0, 1];

test('attack 2: every flipped bit of the open record and its note is found, and the record named', {
  timeout: LIMIT_MS,
}, async () => {
  const stream = smallStream('closed');
  expect((await runVerifier(stream.input(stream.bytes))).exitCode, 'control').toBe(0);
  const { tried, missed, shown } = await flipAll(
    stream,
    OPEN,
    (report, numbers) => report.exitCode === 1 && names(report, numbers),
  );
  process.stdout.write(
    `\nAttack suite, row 2: ${tried - missed}/${tried} bits of a closed stream’s open record and note\n`,
  );
  expect({ missed, shown }).toEqual({ missed: 0, shown: [] });
});
