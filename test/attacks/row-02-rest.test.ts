// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { FLIPPED, flipAll, flipped, names, printTried, smallStream } from './row-02.ts';
import { runVerifier } from './run.ts';

const LIMIT_MS = 300_000;

test(`attack 2: ${FLIPPED} behind the open note is found, and the record named`, {
  timeout: LIMIT_MS,
}, async () => {
  const stream = smallStream('closed');
  expect((await runVerifier(stream.input(stream.bytes))).exitCode, 'control').toBe(0);
  const { tried, missed, shown } = await flipAll(
    stream,
    [...stream.lines.keys()].slice(2),
    (report, numbers) => report.exitCode === 1 && names(report, numbers),
  );
  printTried({ tried, missed }, 'the rest of a closed stream');
  expect({ missed, shown }).toEqual({ missed: 0, shown: [] });
});

test('attack 2: a flip in the last note of an open stream takes its proof away, and is no tampering', {
  timeout: LIMIT_MS,
}, async () => {
  const stream = smallStream('open');
  const last = stream.lines.length - 1;
  const { tried, missed, shown } = await flipAll(
    stream,
    [last],
    (report) => report.exitCode === 2 && report.findings[0]?.code === 'TAIL_UNSEALED',
  );
  printTried({ tried, missed }, 'the last note of an open stream');
  expect({ missed, shown }).toEqual({ missed: 0, shown: [] });
});

test('attack 2: a flip in a record or an earlier note of an open stream is found', { timeout: LIMIT_MS }, async () => {
  const stream = smallStream('open');
  const unnoticed: number[] = [];
  const end = (stream.offsets.at(-2) ?? 0) * 8;
  // A prime step reaches every line and every bit of a byte, here in the long form too: there the closed stream above
  // has tried all of them.
  for (let bit = 0; bit < end; bit += 13) {
    const report = await runVerifier(stream.input(flipped(stream, bit)));
    if (report.exitCode !== 1) {
      unnoticed.push(bit);
    }
  }
  expect(unnoticed).toEqual([]);
});
