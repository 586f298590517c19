// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  flipBitAt,
  SeededRandom,
  type SegmentLine,
  type StreamBuilder,
  segmentBytes,
  splitSegment,
  TestWriter,
  typedValue,
  writeOne,
  writeStepUp,
} from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import type { Report } from '../src/report.ts';
import { memorySource } from '../src/sources/memory-source.ts';
import { verify, verifyClosely } from '../src/verify.ts';
import { type Files, later, policyOf } from './support.ts';

const TRACE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

/** Foreign content that looks like what the quick reading looks for. */
const LOOKALIKES = [
  { aaa: typedValue('"audit.sequence.number":{"intValue":"1"}') },
  { aaa: { type: 'map' as const, value: new Map([['audit.sequence.number', typedValue(1n)]]) } },
  { zzz: typedValue('"tr') },
  { tr: typedValue('"event_name":"stepseal.stream.close"') },
  { note: typedValue('{"note":"') },
];

/** A random honest life of one writer: records, seals, heartbeats, gaps, notes that lag, rolls, restarts, crashes. */
function randomWriter(random: SeededRandom, label: string): TestWriter {
  const writer = new TestWriter({ label });
  let stream = writer.start();
  let late: number[] = [];
  const settle = (): void => {
    for (const size of late) stream.note(size);
    late = [];
  };
  const steps: readonly (() => void)[] = [
    () => writeOne(stream, 'one'),
    () => writeStepUp(stream, 'four'),
    () => stream.record('shop.order', LOOKALIKES[random.below(LOOKALIKES.length)], random.below(2) === 0 ? TRACE : {}),
    () => stream.record('shop.order', { 'shop.count': random.below(1_000) }, TRACE),
    () => {
      settle();
      stream.seal();
    },
    () => {
      stream.seal({ note: false });
      late.push(stream.number);
    },
    () => {
      settle();
      stream.heartbeat();
    },
    () => stream.gap({ count: 1 + random.below(3) }),
    () => {
      settle();
      stream = writer.roll();
    },
    () => {
      settle();
      writer.close();
      writer.clock.advance(1_000);
      stream = writer.start();
    },
    () => {
      late = [];
      const torn = [undefined, '{"attributes":{"au', '{"note":"demo', '\0'.repeat(40)][random.below(4)];
      writer.crash(torn === undefined ? {} : { torn: Buffer.from(torn) });
      writer.clock.advance(1_000);
      stream = writer.start();
    },
  ];
  for (let step = 4 + random.below(16); step > 0; step--) (steps[random.below(steps.length)] as () => void)();
  if (random.below(2) === 0) {
    settle();
    writer.close();
  }
  return writer;
}

/** One tamper: a bit, or a line taken away, doubled, swapped or put into another stream. */
function tampered(files: Files, random: SeededRandom): Files {
  const paths = [...files.keys()];
  const path = paths[random.below(paths.length)] as string;
  const bytes = files.get(path) as Uint8Array;
  const put = (lines: readonly SegmentLine[]): Files => new Map([...files, [path, segmentBytes(lines)]]);
  const lines = splitSegment(bytes);
  const at = random.below(lines.length);
  const other = random.below(lines.length);
  const line = lines[at] as SegmentLine;
  switch (random.below(7)) {
    case 0:
    case 1:
      return new Map([...files, [path, flipBitAt(bytes, random.below(bytes.length * 8))]]);
    case 2:
      return put(lines.toSpliced(at, 1));
    case 3:
      return put(lines.toSpliced(other, 0, line));
    case 4:
      return put(lines.with(at, lines[other] as SegmentLine).with(other, line));
    case 5:
      return new Map([...files, [path, bytes.subarray(0, random.below(bytes.length))]]);
    default: {
      const second = paths[random.below(paths.length)] as string;
      return put([...lines, ...splitSegment(files.get(second) as Uint8Array).slice(0, 1 + random.below(3))]);
    }
  }
}

function told(report: Report): unknown {
  const findings = report.findings.map(({ severity, code, stream, from, to }) =>
    [severity, code, stream, from, to].join(' '),
  );
  const { grade, records, uncoveredMs, declaredLosses, knownHeads } = report;
  const streams = report.streams.map(({ streamId, state, trusted, records: count, tailRecords }) => [
    streamId,
    state,
    trusted,
    count,
    tailRecords,
  ]);
  return { grade, records, uncoveredMs, declaredLosses, knownHeads, streams, findings: findings.sort() };
}

async function agree(files: Files, writer: TestWriter, strict: boolean): Promise<Report> {
  const options = { sources: [memorySource(files)], trust: policyOf(writer.identity), now: later(writer), strict };
  const quick = await verify(options);
  const close = await verifyClosely(options);
  expect(told(close)).toEqual(told(quick));
  return quick;
}

describe('the quick reading and the close look say the same', () => {
  test('of random honest writers, none of which raises an alarm', async () => {
    const random = new SeededRandom('agreement/honest');
    for (let run = 0; run < 60; run++) {
      const writer = randomWriter(random, `agreement/${run}`);
      const report = await agree(writer.files(), writer, run % 4 === 0);
      expect(['SEALED', 'INCOMPLETE'], `${run}: ${JSON.stringify(report.findings)}`).toContain(report.grade);
    }
  });

  test('of random single tampers with them', async () => {
    const random = new SeededRandom('agreement/tampered');
    const grades = new Map<string, number>();
    for (let run = 0; run < 240; run++) {
      const writer = randomWriter(random, `agreement/t${run}`);
      const { grade } = await agree(tampered(writer.files(), random), writer, run % 4 === 0);
      grades.set(grade, (grades.get(grade) ?? 0) + 1);
    }
    expect(grades.get('TAMPERED')).toBeGreaterThan(120);
  });

  test('of a record that names another stream or another number, though its own key sealed it', async () => {
    for (const overrides of [
      { number: 9 },
      { previousHash: '0'.repeat(64) },
      { streamId: '01a19b7c-a680-7cdc-97d0-a685476c2feb' },
    ]) {
      const writer = new TestWriter({ label: 'agreement/lying' });
      const stream: StreamBuilder = writer.start();
      stream.record('x', {}, { ...overrides, ...TRACE });
      writeOne(stream, '1');
      writer.close();
      expect((await agree(writer.files(), writer, true)).grade).toBe('TAMPERED');
    }
  });
});
