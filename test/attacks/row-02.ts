// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { flipBitAt, type SegmentLine, StreamBuilder, segmentBytes, testKey } from '@stepseal/testkit';
import type { Report } from '@stepseal/verifier';
import { trustText } from './bases.ts';
import { runVerifier } from './run.ts';
import type { Verifiable } from './scenario.ts';

/** The smallest stream with one record of each kind, so that every bit of it can be tried. */
export interface SmallStream {
  readonly streamId: string;
  readonly bytes: Uint8Array;
  readonly lines: readonly SegmentLine[];
  /** Byte offset of each line, and of the end. */
  readonly offsets: readonly number[];
  readonly input: (bytes: Uint8Array) => Verifiable;
}

/** Open, one record, then a close record, or else a seal. */
export function smallStream(end: 'closed' | 'open'): SmallStream {
  const identity = testKey('b', 'identity of row 2');
  const stream = new StreamBuilder({ label: 'row 2', deployment: 'b', identity }).open();
  stream.clock.advance(40);
  stream.record('step_up.required', { 'step_up.id': '1' });
  if (end === 'closed') {
    stream.close();
  } else {
    stream.seal();
  }
  const offsets = [0];
  for (const line of stream.lines) {
    offsets.push((offsets.at(-1) ?? 0) + segmentBytes([line]).length);
  }
  const trust = trustText(identity);
  const now = stream.clock.wallMs + 600_000;
  return {
    streamId: stream.streamId,
    bytes: stream.bytes(),
    lines: stream.lines,
    offsets,
    input: (bytes) => ({ sources: [new Map([['small.ndjson', bytes]])], trust, now }),
  };
}

/**
 * Numbers that a finding about a flip in this line may name: the line's own, for a line end those of both lines it
 * parts, and for a note also the number of records that it now claims to cover.
 */
function numbersOf(stream: SmallStream, index: number, flippedBytes: Uint8Array, lineEnd: boolean): number[] {
  const numbers = [index, ...(lineEnd ? [index + 1] : [])].flatMap((at) => {
    const line = stream.lines[at];
    return line === undefined || line.kind === 'raw' ? [] : [line.kind === 'record' ? line.number : line.size];
  });
  const text = Buffer.from(flippedBytes.subarray(stream.offsets[index], stream.offsets[index + 1])).toString('latin1');
  const claimed = /^\{"note":"[^"\\]*\\n(\d+)\\n/.exec(text)?.[1];
  return claimed === undefined ? numbers : [...numbers, Number(claimed)];
}

export function flipped(stream: SmallStream, bit: number): Uint8Array {
  return flipBitAt(stream.bytes, bit);
}

/**
 * `npm run test:crash` flips every bit; otherwise every thirteenth is flipped, which as a prime step reaches every line
 * and every bit of a byte.
 */
const STEP = process.env['STEPSEAL_CRASH_ROUNDS'] === undefined ? 13 : 1;

/** How a title calls the bits that are flipped. */
export const FLIPPED: string = STEP === 1 ? 'every flipped bit' : `every ${STEP}th bit, flipped,`;

/** Says what was tried, where a reader of the run sees it. */
export function printTried({ tried, missed }: { tried: number; missed: number }, where: string): void {
  const sampled = STEP === 1 ? '' : `, every ${STEP}th (npm run test:crash flips all)`;
  process.stdout.write(`\nAttack suite, row 2: ${tried - missed}/${tried} bits of ${where}${sampled}\n`);
}

/** Flips under way at once: signatures are checked in the thread pool. */
const AT_ONCE = 16;
/** Misses printed in full. */
const SHOWN = 20;

/** Every bit of the given lines, or every {@link STEP}th, one at a time; says which answers were not as they should be. */
export async function flipAll(
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
    for (let first = from * 8; first < to * 8; first += AT_ONCE * STEP) {
      const bits = Array.from({ length: AT_ONCE }, (_, next) => first + next * STEP).filter((bit) => bit < to * 8);
      await Promise.all(bits.map((bit) => flip(index, bit)));
    }
  }
  return { tried, missed, shown: shown.slice(0, SHOWN) };
}

export function names(report: Report, numbers: readonly number[]): boolean {
  return report.findings.some(
    ({ severity, from, to }) =>
      severity === 'tampered' &&
      from !== undefined &&
      numbers.some((number) => from <= number && number <= (to ?? from)),
  );
}
