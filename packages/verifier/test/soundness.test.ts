// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isPayload } from '@stepseal/core/format';
import {
  flipBitAt,
  relink,
  resign,
  SeededRandom,
  type SegmentLine,
  StreamBuilder,
  segmentBytes,
  signedNoteLine,
  splitSegment,
  TestWriter,
  testKey,
  writeOne,
  writeStepUp,
} from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { later, verifyFiles } from './support.ts';

const RUNS = 120;
const ATTACKER = testKey('demo.bank', 'attacker');

/** A random honest life of one writer that ends well. */
function live(random: SeededRandom, label: string): TestWriter {
  const writer = new TestWriter({ label });
  let stream = writer.start();
  const steps: readonly (() => void)[] = [
    () => writeOne(stream, 'one'),
    () => writeStepUp(stream, 'four'),
    () => stream.seal(),
    () => stream.heartbeat(),
    () => stream.gap({ count: 1 }),
    () => {
      stream = writer.roll();
    },
    () => {
      writer.close();
      writer.clock.advance(2_000);
      stream = writer.start();
    },
    () => {
      writeOne(stream, 'lost');
      writer.crash();
      writer.clock.advance(2_000);
      stream = writer.start();
    },
  ];
  for (let step = 3 + random.below(10); step > 0; step--) (steps[random.below(steps.length)] as () => void)();
  return writer.close();
}

interface Attack {
  readonly files: Map<string, Uint8Array>;
  readonly path: string;
  readonly lines: readonly SegmentLine[];
  readonly other: readonly SegmentLine[];
  readonly writers: readonly TestWriter[];
  readonly random: SeededRandom;
}

/** What somebody can do who can write every file and has a key of his own, but no genuine one. */
const ATTACKS: Readonly<Record<string, (attack: Attack) => void>> = {
  flip: ({ files, path, random }) => {
    const bytes = files.get(path) as Uint8Array;
    files.set(path, flipBitAt(bytes, random.below(bytes.length * 8)));
  },
  drop: ({ files, path, lines, random }) =>
    files.set(path, segmentBytes(lines.toSpliced(random.below(lines.length), 1 + random.below(3)))),
  double: ({ files, path, lines, random }) => {
    const line = lines[random.below(lines.length)] as SegmentLine;
    files.set(path, segmentBytes(lines.toSpliced(random.below(lines.length + 1), 0, line)));
  },
  move: ({ files, path, lines, random }) => {
    const at = random.below(lines.length);
    const rest = lines.toSpliced(at, 1);
    files.set(path, segmentBytes(rest.toSpliced(random.below(lines.length), 0, lines[at] as SegmentLine)));
  },
  cut: ({ files, path, random }) => {
    const bytes = files.get(path) as Uint8Array;
    files.set(path, bytes.subarray(0, random.below(bytes.length)));
  },
  splice: ({ files, path, lines, other, random }) =>
    files.set(
      path,
      segmentBytes([...lines.slice(0, random.below(lines.length)), ...other.slice(random.below(other.length))]),
    ),
  remove: ({ files, path }) => files.delete(path),
  copy: ({ files, path }) => files.set('copy.ndjson', files.get(path) as Uint8Array),
  exchange: ({ files, path, random }) => {
    const paths = [...files.keys()];
    const second = paths[random.below(paths.length)] as string;
    const bytes = files.get(path) as Uint8Array;
    files.delete(path);
    files.set(second, bytes);
  },
  'drop notes': ({ files, path, lines, random }) =>
    files.set(path, segmentBytes(lines.filter((line) => line.kind !== 'note' || random.below(3) > 0))),
  'edit and link': ({ files, path, lines }) => files.set(path, segmentBytes(relink(edited(lines), 1))),
  'edit, link and sign': ({ files, path, lines, writers }) => {
    const stream = writers.flatMap(({ streams }) => streams).find((written) => written.path === path)?.stream;
    if (stream === undefined) return;
    const { deployment, streamId } = stream;
    files.set(path, segmentBytes(resign(relink(edited(lines), 1), { deployment, streamId, keys: () => [ATTACKER] })));
  },
  forge: ({ files, path, writers, random }) => {
    const genuine = writers.flatMap(({ streams }) => streams).find((written) => written.path === path)?.stream;
    const pretends = random.below(2) === 0;
    const stream = new StreamBuilder({
      label: `forged ${random.below(1e9)}`,
      identity: pretends ? (writers[0] as TestWriter).identity : ATTACKER,
      streamKey: ATTACKER,
      ...(genuine !== undefined && random.below(2) === 0 ? { streamId: genuine.streamId } : {}),
      ...(random.below(4) === 0 ? { formatVersion: '2' } : {}),
    });
    writeOne(stream.open(!pretends), 'forged').close();
    files.set(random.below(2) === 0 ? path : 'forged.ndjson', stream.bytes());
  },
  'add a note': ({ files, path, lines, random, writers }) => {
    const streamId = writers[0]?.streams[0]?.stream.streamId ?? '';
    const root = Buffer.alloc(32, 3).toString('base64');
    const note = signedNoteLine('demo.bank', streamId, 1 + random.below(9), root, [ATTACKER]);
    files.set(path, segmentBytes(lines.toSpliced(random.below(lines.length + 1), 0, note)));
  },
  append: ({ files, path, random }) => {
    const tails = ['\n', '\0'.repeat(30), '{"attributes":', '{"note":"', 'x\n'];
    files.set(path, Buffer.concat([files.get(path) as Uint8Array, Buffer.from(tails[random.below(5)] as string)]));
  },
};

function edited(lines: readonly SegmentLine[]): SegmentLine[] {
  return lines.map((line) =>
    line.kind === 'record'
      ? { ...line, text: line.text.replace('"policy"', '"forged"').replace('"passed"', '"failed"') }
      : line,
  );
}

function linesOf(files: ReadonlyMap<string, Uint8Array>): Set<string> {
  return new Set([...files.values()].flatMap((bytes) => Buffer.from(bytes).toString('latin1').split('\n')));
}

test('no combination of attacks without a genuine key passes, moves the known heads or makes a stream trusted', async () => {
  const random = new SeededRandom('soundness');
  for (let run = 0; run < RUNS; run++) {
    const writers = [live(random, `soundness/a${run}`), live(random, `soundness/b${run}`)];
    const [writer] = writers as [TestWriter];
    const original = new Map(writers.flatMap((each) => [...each.files()]));
    const now = later(writer) + 10_000_000;
    const honest = await verifyFiles(original, writer, { now });
    expect(honest.grade).toBe('SEALED');
    const files = new Map<string, Uint8Array>(original);
    const done: string[] = [];
    for (let attacks = 1 + random.below(4); attacks > 0; attacks--) {
      const paths = [...files.keys()];
      const path = paths[random.below(paths.length)];
      const second = paths[random.below(paths.length)];
      const names = Object.keys(ATTACKS);
      const name = names[random.below(names.length)] as string;
      try {
        const lines = splitSegment(files.get(path ?? '') ?? new Uint8Array());
        const other = splitSegment(files.get(second ?? '') ?? new Uint8Array());
        if (path === undefined || lines.length === 0 || other.length === 0) continue;
        ATTACKS[name]?.({ files, path, lines, other, writers, random });
        done.push(name);
      } catch {
        // What was attacked before can no longer be taken apart, and need not be.
      }
    }
    const report = await verifyFiles(files, writer, { now, knownHeads: honest.knownHeads });
    const about = `run ${run}: ${done.join(', ')}`;
    const [before, after] = [linesOf(original), linesOf(files)];
    if (report.exitCode === 0) {
      expect(
        [...before].filter((line) => !after.has(line)),
        about,
      ).toEqual([]);
      // A file without one good record is as good as none, whatever notes somebody put there.
      const added = [...after].filter((line) => !before.has(line)).map((line) => Buffer.from(line, 'latin1'));
      expect(
        added.some((line) => isPayload(line)),
        about,
      ).toBe(false);
    }
    expect(report.knownHeads, about).toEqual(honest.knownHeads);
    for (const { trusted, streamId } of report.streams)
      if (trusted) expect(honest.knownHeads.streams.has(streamId), about).toBe(true);
  }
});
