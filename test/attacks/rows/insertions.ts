// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  cutAfterNote,
  dropNotes,
  insertAt,
  lineHash,
  noteIndex,
  type RecordLine,
  rawLine,
  recordAt,
  recordId,
  recordIndex,
  replaceAt,
  type SegmentLine,
  StreamBuilder,
  segmentBytes,
  swapNotes,
  swapRecords,
  TestWriter,
  withAttributes,
} from '@stepseal/testkit';
import { ALL, type Base, type BaseName, ENDED, later, makeBase, trustText, withLines, writeShort } from '../bases.ts';
import { on, own, type Row, type Variant } from '../variant.ts';

/** Row 18. */
export const swaps: Row = {
  'neighbours in the middle': on(ALL, ({ lines }) => swapRecords(lines, 8, 9)),
  'the first two after the open record': on(ALL, ({ lines }) => swapRecords(lines, 2, 3)),
  'far apart, over seals': on(ALL, ({ lines }) => swapRecords(lines, 3, 15)),
  'a record and the sealing record behind it': on(ALL, ({ lines }) => swapRecords(lines, 16, 17)),
  'the last two of a closed stream': on(ENDED, ({ lines }) => swapRecords(lines, 18, 19)),
  'two notes next to each other': on(ALL, ({ lines }) => swapNotes(lines, 11, 12)),
  'two notes far apart': on(ALL, ({ lines }) => swapNotes(lines, 6, 17)),
};

const reversed = (files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> => new Map([...files].reverse());

/** Row 19. */
export const anyOrder: Row = {
  'files in reverse order': on(['rolled', 'adopted'], (base) => ({
    files: reversed(base.control.sources[0] ?? new Map()),
  })),
  'each file a source of its own, newest first': on(['rolled', 'adopted'], (base) => ({
    sources: [...reversed(base.control.sources[0] ?? new Map())].map((entry) => new Map([entry])),
    complete: false,
  })),
  'a seal that later records overtook before its note': own(() => {
    const writer = new TestWriter({ label: 'attack/late note' });
    const stream = writer.start();
    const event = (id: string): StreamBuilder => stream.record('step_up.required', { 'step_up.id': id });
    event('1').seal({ note: false });
    event('2');
    event('3').note();
    event('4').seal({ note: false });
    stream.seal({ note: false });
    stream.note(stream.number - 1).note(stream.number);
    writer.close();
    const files = { sources: [writer.files()], trust: trustText(writer.identity), now: later(writer) };
    return { control: files, attacked: files, streams: { target: stream.streamId } };
  }),
};

/** A record made by somebody without any key, for a place in the chain of his choice. */
function forged({ lines, stream }: Base, number: number, previous: number): RecordLine {
  const text = new StreamBuilder({ label: 'forger', streamId: stream.streamId, clock: stream.clock }).payloadText(
    'step_up.access',
    { 'step_up.id': '1002', 'step_up.access.result': 'granted', 'step_up.requirement_met': true },
    { number, previousHash: lineHash(recordAt(lines, previous)) },
  );
  return { kind: 'record', number, text };
}

const insertForged = (number: number, previous: number, behind: number): Variant =>
  on(ALL, (base) => insertAt(base.lines, recordIndex(base.lines, behind) + 1, forged(base, number, previous)));

/** Row 20. */
export const forgedRecords: Row = {
  'in the place of record 9, before it': insertForged(9, 8, 8),
  'in the place of record 9, behind it': insertForged(9, 8, 9),
  'behind record 9 as a second number 10': insertForged(10, 9, 9),
  'in the place of record 2': insertForged(2, 1, 1),
  'in the place of record 16, behind the seal': insertForged(16, 15, 17),
  'a copy of the genuine one under another record id': on(ALL, ({ lines }) => {
    const genuine = recordAt(lines, 9);
    const text = withAttributes(genuine.text, { 'audit.record.id': recordId(recordAt(lines, 8)) });
    return insertAt(lines, recordIndex(lines, 9), { ...genuine, text });
  }),
};

const neighbour = (): TestWriter => {
  const writer = new TestWriter({ label: 'attack/neighbour' });
  const stream = writer.start();
  for (let id = 1; id <= 12; id++) {
    stream.clock.advance(40);
    stream.record('step_up.required', { 'step_up.id': `4${id}` });
  }
  stream.seal();
  return writer.close();
};

const besideNeighbour = (
  attack: (base: Base, other: StreamBuilder) => SegmentLine[],
  bases: readonly BaseName[] = ALL,
): Variant =>
  on(bases, (base) => {
    const writer = neighbour();
    const other = writer.streams[0]?.stream as StreamBuilder;
    const files = new Map([...(base.control.sources[0] ?? []), ...writer.files()]);
    return { files: withLines(files, base.path, attack(base, other)), streams: { other: other.streamId } };
  });

/** Row 21. */
export const foreignRecords: Row = {
  'inserted behind record 8': besideNeighbour(({ lines }, other) =>
    insertAt(lines, recordIndex(lines, 8) + 1, recordAt(other.lines, 3)),
  ),
  'in the place of record 9, with its number': besideNeighbour(({ lines }, other) =>
    replaceAt(lines, recordIndex(lines, 9), recordAt(other.lines, 9)),
  ),
  'the other stream\u2019s open record': besideNeighbour(({ lines }, other) =>
    insertAt(lines, recordIndex(lines, 8) + 1, recordAt(other.lines, 1)),
  ),
  'a sealing record and its note': besideNeighbour(({ lines }, other) =>
    insertAt(
      lines,
      recordIndex(lines, 8) + 1,
      recordAt(other.lines, 14),
      ...other.lines.filter((line) => line.kind === 'note' && line.size === 14),
    ),
  ),
};

/** Row 22. */
export const duplicates: Row = {
  'the same files in two sources': on(ALL, ({ control }) => ({
    sources: [control.sources[0] ?? new Map(), control.sources[0] ?? new Map()],
  })),
  'one file under two names': on(['closed', 'crashed', 'adopted'], ({ control, path, lines }) => ({
    files: new Map([...(control.sources[0] ?? []), [`copy/${path}`, segmentBytes(lines)]]),
  })),
};

/** A process cloned after record `shared`: same ids, same keys, another life from there on. */
function twins(shared: number): readonly [TestWriter, TestWriter] {
  const write = (life: string): TestWriter => {
    const writer = new TestWriter({ label: 'attack/twins' });
    const stream = writer.start();
    for (let number = 2; number <= 9; number++) {
      stream.clock.advance(40);
      stream.record('step_up.required', { 'step_up.id': number <= shared ? 'before' : life });
    }
    stream.seal();
    return writer.close();
  };
  return [write('first'), write('second')];
}

const cloned = (
  shared: number,
  arrange: (
    one: ReadonlyMap<string, Uint8Array>,
    two: ReadonlyMap<string, Uint8Array>,
  ) => ReadonlyMap<string, Uint8Array>[],
): Variant =>
  own(() => {
    const [one, two] = twins(shared);
    const common = { trust: trustText(one.identity), now: later(one) };
    return {
      control: { ...common, sources: [one.files()] },
      attacked: { ...common, sources: arrange(one.files(), two.files()) },
      streams: { target: one.streams[0]?.stream.streamId ?? '' },
    };
  });

const moved = (files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> =>
  new Map([...files].map(([path, bytes]) => [path.replace('writers/', 'writers/clone-'), bytes]));

/** Row 23. */
export const equivocations: Row = {
  'two sources, parted at record 5': cloned(4, (one, two) => [one, two]),
  'two sources, parted at record 2': cloned(1, (one, two) => [one, two]),
  'two writer directories, parted at record 9': cloned(8, (one, two) => [new Map([...one, ...moved(two)])]),
  'two successors of one crashed stream': own(() => {
    const base = makeBase('adopted');
    const again = makeBase('adopted');
    const rival = new TestWriter({ label: 'attack/adopted rival' });
    const next = new StreamBuilder({
      label: 'attack/adopted rival',
      clock: rival.clock,
      identity: again.writer.identity,
      predecessor: {
        cause: 'crash',
        streamId: base.stream.streamId,
        number: 19,
        hash: base.stream.lastHash,
        validBytes: base.stream.byteLength(),
      },
    });
    next.open().close();
    const files = new Map([...(base.control.sources[0] ?? []), [`writers/ffff/${next.streamId}.ndjson`, next.bytes()]]);
    return {
      control: base.control,
      controlExpected: base.expected,
      attacked: { ...base.control, sources: [files] },
      streams: { ...base.streams, rival: next.streamId },
    };
  }),
};

const append = (lines: (base: Base) => readonly SegmentLine[], bases = ENDED): Variant =>
  on(bases, (base) => [...base.lines, ...lines(base)]);

/** Row 25. */
export const afterEnd: Row = {
  'the whole stream once more': append(({ lines }) => lines),
  'one old record': append(({ lines }) => [recordAt(lines, 9)]),
  'the close record once more': append(({ lines }) => [recordAt(lines, 19)]),
  'a forged next record': append((base) => [forged(base, 20, 19)]),
  'a record of the stream before': on(['rolled'], (base) => {
    const first = base.writer.streams[0]?.stream as StreamBuilder;
    return [...base.lines, recordAt(first.lines, 2)];
  }),
};

/** Records of another stream under this stream's id: no hash fits. */
const disguised = (base: Base, other: StreamBuilder, from: number, to: number): SegmentLine[] =>
  other.lines.flatMap((line): SegmentLine[] =>
    line.kind === 'record' && line.number >= from && line.number <= to
      ? [{ ...line, text: withAttributes(line.text, { 'audit.sequence.stream_id': base.stream.streamId }) }]
      : [],
  );

/** Row 26. */
export const splices: Row = {
  'records 7 to 10': besideNeighbour((base, other) => {
    const { lines } = base;
    const from = recordIndex(lines, 7);
    return [...lines.slice(0, from), ...disguised(base, other, 7, 10), ...lines.slice(recordIndex(lines, 10) + 1)];
  }),
  'the suffix from 13, with the other stream\u2019s notes': besideNeighbour(
    (base, other) => [
      ...cutAfterNote(base.lines, 12),
      ...disguised(base, other, 13, 15),
      ...other.lines.filter((line) => line.kind === 'note' && line.size > 12),
    ],
    ['closed', 'crashed'],
  ),
  'records 2 to 5': besideNeighbour((base, other) => [
    ...base.lines.slice(0, recordIndex(base.lines, 2)),
    ...disguised(base, other, 2, 5),
    ...base.lines.slice(recordIndex(base.lines, 6)),
  ]),
};

const trailing = (bytes: Uint8Array | string): Variant => append(() => [rawLine(bytes)]);

/** Row 42. */
export const trailingBytes: Row = {
  'a line feed': trailing('\n'),
  'one zero byte': trailing(Buffer.alloc(1)),
  'a hole of 4096 zeros': trailing(Buffer.alloc(4096)),
  'text without line feed': trailing('ok'),
  'text with line feed': trailing('# checked by operations\n'),
  'half a record': append(({ lines }) => [rawLine(recordAt(lines, 9).text.slice(0, 90))]),
  'a JSON object that is no record': trailing('{"checked":true}\n'),
  'the closing note once more': append(({ lines }) => lines.slice(noteIndex(lines, 19))),
  'an older note': append(({ lines }) => lines.slice(noteIndex(lines, 6), noteIndex(lines, 6) + 1)),
};

/** Row 74. */
export const fakeCandidates: Row = {
  'one beside record 9': insertForged(9, 8, 9),
  'one beside each of 8, 9 and 10': on(ALL, (base) => {
    let lines: SegmentLine[] = [...base.lines];
    for (const number of [8, 9, 10]) {
      lines = insertAt(lines, recordIndex(lines, number), forged(base, number, number - 1));
    }
    return lines;
  }),
  'a fake with a fake follower': on(ALL, (base) => {
    const fake = forged(base, 9, 8);
    const follower = forged({ ...base, lines: [...dropNotes(base.lines, 1), { ...fake, number: 99 }] }, 10, 99);
    return insertAt(base.lines, recordIndex(base.lines, 9), fake, follower);
  }),
  'in a file of its own': on(ALL, (base) => ({
    files: new Map([
      ...(base.control.sources[0] ?? []),
      [base.path.replace('writers/', 'writers/other-'), segmentBytes([forged(base, 9, 8)])],
    ]),
  })),
};

/** Row 50. */
export const clones: Row = {
  'forked process with a stream of its own': own(() => {
    const parent = new TestWriter({ label: 'attack/parent' });
    const child = new TestWriter({ label: 'attack/child' });
    const streams = [writeShort(parent), writeShort(child)];
    const control = { sources: [parent.files()], trust: trustText(parent.identity), now: later(parent) };
    return {
      control,
      attacked: { ...control, sources: [new Map([...parent.files(), ...child.files()])] },
      streams: { target: streams[0]?.streamId ?? '', child: streams[1]?.streamId ?? '' },
    };
  }),
  'snapshot restored twice, ids used twice': cloned(1, (one, two) => [new Map([...one, ...moved(two)])]),
};
