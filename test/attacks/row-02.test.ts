// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Report } from '@stepseal/verifier';
import { expect, test } from 'vitest';
import { flipped, lineOf, numbersOf, type SmallStream, smallStream } from './row-02.ts';
import { runVerifier } from './run.ts';

const LIMIT_MS = 300_000;

/** Flips under way at once: signatures are checked in the thread pool. */
const AT_ONCE = 16;
/** Misses printed in full. */
const SHOWN = 20;

/** Every bit of the given lines, one at a time; says which answers were not as they should be. */
async function flipAll(
  stream: SmallStream,
  lines: readonly number[],
  right: (report: Report, numbers: readonly number[]) => boolean,
): Promise<{ tried: number; missed: number; shown: readonly string[] }> {
  const shown: string[] = [];
  let tried = 0;
  let missed = 0;
  const flip = async (index: number, bit: number): Promise<void> => {
    const lineEnd = bit >>> 3 === (stream.offsets[index + 1] ?? 0) - 1;
    const bytes = flipped(stream, bit);
    const report = await runVerifier(stream.input(bytes));
    tried += 1;
    if (!right(report, numbersOf(stream, index, bytes, lineEnd))) {
      missed += 1;
      const [first] = report.findings;
      shown.push(`bit ${bit} of line ${index}: exit ${report.exitCode}, ${first?.code} ${first?.from}..${first?.to}`);
    }
  };
  for (const index of lines) {
    const [from = 0, to = 0] = [stream.offsets[index], stream.offsets[index + 1]];
    for (let bit = from * 8; bit < to * 8; bit += AT_ONCE) {
      const bits = Array.from({ length: Math.min(AT_ONCE, to * 8 - bit) }, (_, next) => bit + next);
      await Promise.all(bits.map((one) => flip(index, one)));
    }
  }
  return { tried, missed, shown: shown.slice(0, SHOWN) };
}

function names(report: Report, numbers: readonly number[]): boolean {
  return report.findings.some(
    ({ severity, from, to }) =>
      severity === 'tampered' &&
      from !== undefined &&
      numbers.some((number) => from <= number && number <= (to ?? from)),
  );
}

test('attack 2: every bit of a closed stream is found when flipped, and its record named', {
  timeout: LIMIT_MS,
}, async () => {
  const stream = smallStream('closed');
  expect((await runVerifier(stream.input(stream.bytes))).exitCode, 'control').toBe(0);
  const { tried, missed, shown } = await flipAll(
    stream,
    [...stream.lines.keys()],
    (report, numbers) => report.exitCode === 1 && names(report, numbers),
  );
  process.stdout.write(`\nAttack suite, row 2: ${tried - missed}/${tried} bits of a closed stream\n`);
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
  process.stdout.write(`\nAttack suite, row 2: ${tried - missed}/${tried} bits of the last note of an open stream\n`);
  expect({ missed, shown }).toEqual({ missed: 0, shown: [] });
});

test('attack 2: a flip in a record or an earlier note of an open stream is found', { timeout: LIMIT_MS }, async () => {
  const stream = smallStream('open');
  expect(lineOf(stream, 0)).toBe(0);
  const unnoticed: number[] = [];
  const end = (stream.offsets.at(-2) ?? 0) * 8;
  // A prime step reaches every line and every bit of a byte; the closed stream above has tried all of them.
  for (let bit = 0; bit < end; bit += 13) {
    const report = await runVerifier(stream.input(flipped(stream, bit)));
    if (report.exitCode !== 1) {
      unnoticed.push(bit);
    }
  }
  expect(unnoticed).toEqual([]);
});
