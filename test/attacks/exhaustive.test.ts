// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  adoption,
  dropNotes,
  dropRecords,
  insertAt,
  noteIndex,
  rawLine,
  recordAt,
  recordIndex,
  type SegmentLine,
  StreamBuilder,
  segmentBytes,
  setAttributes,
  splitSegment,
  swapRecords,
  TestClock,
  testKey,
  writeOne,
} from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { makeBase, trustText, withLines } from './bases.ts';
import { differences } from './compare.ts';
import { T } from './expect.ts';
import { runVerifier } from './run.ts';
import type { Expected } from './scenario.ts';

const RECORDS = 19;
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** Every way of one kind, on the closed stream: each must be found, and named exactly. Returns where it is not. */
async function each(
  ways: readonly number[],
  edit: (lines: readonly SegmentLine[], way: number) => readonly SegmentLine[],
  expected: (way: number) => Expected,
): Promise<readonly string[]> {
  const { control, lines, path, streams } = makeBase('closed');
  const wrong: string[] = [];
  for (const way of ways) {
    const files = withLines(control.sources[0] ?? new Map(), path, edit(lines, way));
    const report = await runVerifier({ ...control, sources: [files] });
    wrong.push(...differences(report, expected(way), streams).map((difference) => `${way}: ${difference}`));
  }
  return wrong;
}

describe('each record of a stream', () => {
  test('taken out', async () => {
    const wrong = await each(
      upTo(RECORDS),
      (lines, number) => dropRecords(lines, number),
      (number) => T(number === 1 ? 'GENESIS_MISSING' : 'RECORD_MISSING', number),
    );
    expect(wrong).toEqual([]);
  });

  test('edited in place', async () => {
    const wrong = await each(
      upTo(RECORDS),
      (lines, number) => setAttributes(lines, number, { 'app.remark': 'edited' }),
      (number) => (number === RECORDS ? T('SEAL_MISMATCH', RECORDS - 1, RECORDS) : T('MODIFIED', number)),
    );
    expect(wrong).toEqual([]);
  });

  test('exchanged with the next', async () => {
    const wrong = await each(
      upTo(RECORDS - 1),
      (lines, number) => swapRecords(lines, number, number + 1),
      (number) => T('REORDERED', number, number + 1),
    );
    expect(wrong).toEqual([]);
  });

  test('written twice', async () => {
    const wrong = await each(
      upTo(RECORDS),
      (lines, number) => insertAt(lines, recordIndex(lines, number), recordAt(lines, number)),
      (number) => T('INSERTED', number),
    );
    expect(wrong).toEqual([]);
  });

  test('cut in half where it stands', async () => {
    const wrong = await each(
      upTo(RECORDS),
      (lines, number) => {
        const at = recordIndex(lines, number);
        const half = recordAt(lines, number).text.slice(0, 300);
        return [...lines.slice(0, at), rawLine(`${half}\n`), ...lines.slice(at + 1)];
      },
      (number) => T('MALFORMED', number),
    );
    expect(wrong).toEqual([]);
  });
});

test('each note but the last taken out', async () => {
  const wrong = await each(
    [1, 6, 11, 12, 17],
    (lines, size) => dropNotes(lines, size),
    (size) => T('NOTE_MISSING', size),
  );
  expect(wrong).toEqual([]);
});

test('each note written twice', async () => {
  const wrong = await each(
    [1, 6, 11, 12, 17],
    (lines, size) => insertAt(lines, noteIndex(lines, size), lines[noteIndex(lines, size)] as SegmentLine),
    (size) => T('INSERTED', size),
  );
  expect(wrong).toEqual([]);
});

const IDENTITY = testKey('demo.bank', 'identity/demo.bank');
const TRUST = trustText(IDENTITY);

/** A power cut ends the stream at byte `cut`, with a hole of zeros behind it or without; a new process adopts what it finds. */
function powerCut(stream: StreamBuilder, cut: number, hole: number) {
  const whole = stream.bytes();
  const kept = splitSegment(whole.subarray(0, cut)).filter((line) => line.kind !== 'raw');
  const valid = segmentBytes(kept).length;
  const left = Buffer.concat([whole.subarray(0, cut), Buffer.alloc(hole)]);
  // What has no single valid line is set aside by the next process, and named by nobody.
  const named = kept.some((line) => line.kind === 'record');
  const clock = new TestClock(stream.clock.wallMs + 5_000);
  const next = new StreamBuilder({
    label: 'cut, next',
    identity: IDENTITY,
    clock,
    ...(named ? { predecessor: adoption(stream.streamId, kept, left.subarray(valid)) } : {}),
  }).open();
  const files = new Map([[`${stream.streamId}.ndjson`, left]]);
  return {
    // The note of the open record is the second line.
    proved: kept.length > 1,
    alone: { sources: [files], trust: TRUST, now: clock.wallMs + 600_000 },
    adopted: {
      sources: [new Map([...(named ? files : []), [`${next.streamId}.ndjson`, next.bytes()]])],
      trust: TRUST,
      now: clock.wallMs + 200,
    },
  };
}

/** Every third byte, and every byte near the end of a line. */
function cuts(stream: StreamBuilder): readonly number[] {
  let offset = 0;
  const ends = stream.lines.map((line) => {
    offset += segmentBytes([line]).length;
    return offset;
  });
  return Array.from({ length: offset + 1 }, (_, cut) => cut).filter(
    (cut) => cut % 3 === 0 || ends.some((end) => Math.abs(end - cut) <= 3),
  );
}

for (const hole of [0, 100]) {
  test(`a power cut ${hole > 0 ? 'that leaves zeros' : 'anywhere'} is no tampering, and verifies once adopted`, async () => {
    const stream = new StreamBuilder({ label: 'cut', identity: IDENTITY }).open();
    writeOne(stream, '1').seal();
    const wrong: string[] = [];
    for (const cut of cuts(stream)) {
      const { proved, ...shown } = powerCut(stream, cut, hole);
      const alone = await runVerifier(shown.alone);
      if (alone.exitCode !== (proved ? 2 : 3)) {
        wrong.push(`${cut} alone: exit ${alone.exitCode} ${alone.findings[0]?.code}`);
      }
      const adopted = await runVerifier(shown.adopted);
      if (adopted.exitCode !== 0) {
        wrong.push(`${cut} adopted: exit ${adopted.exitCode} ${adopted.findings[0]?.code}`);
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });
}
