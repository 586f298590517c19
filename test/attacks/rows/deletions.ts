// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  cutAfterNote,
  cutAfterRecord,
  dropNotes,
  dropRecords,
  noteIndex,
  rawLine,
  recordAt,
  recordIndex,
  type SegmentLine,
} from '@stepseal/testkit';
import { ALL, type Base, type BaseName, ENDED, headsText, LONELY, makeBase, pathOf, withLines } from '../bases.ts';
import { type Attacked, on, own, type Row, type Variant } from '../variant.ts';

const drop = (...numbers: readonly number[]): Variant => on(ALL, ({ lines }) => dropRecords(lines, ...numbers));

/** Row 9. */
export const interiorRecords: Row = {
  'the first after the open record': drop(2),
  'one in the middle': drop(9),
  'the last under the last common note': drop(16),
  'the last before the close': on(ENDED, ({ lines }) => dropRecords(lines, 18)),
  'a sealing record, its note kept': drop(11),
  'three together': drop(7, 8, 9),
  'two apart': drop(3, 15),
  'the gap record': drop(14),
};

/** The lines from the first one after `kept` on, where `kept` is the last line that goes. */
const headless = (last: (lines: readonly SegmentLine[]) => number): Variant =>
  on(ALL, ({ lines }) => lines.slice(last(lines) + 1));

/** Row 11. */
export const firstRecords: Row = {
  'the open record, its note kept': headless((lines) => recordIndex(lines, 1)),
  'the open record and its note': headless((lines) => noteIndex(lines, 1)),
  'the first three': headless((lines) => recordIndex(lines, 3)),
  'up to the first seal': headless((lines) => noteIndex(lines, 6)),
  'up to note 12': headless((lines) => noteIndex(lines, 12)),
};

/** Row 12. */
export const tailsWithoutSuccessor: Row = {
  'at note 17': on(LONELY, ({ lines }) => cutAfterNote(lines, 17)),
  'at note 12': on(LONELY, ({ lines }) => cutAfterNote(lines, 12)),
  'at note 1': on(LONELY, ({ lines }) => cutAfterNote(lines, 1)),
  'after record 9, in no seal': on(LONELY, ({ lines }) => cutAfterRecord(lines, 9)),
  'in the middle of record 9': on(LONELY, ({ lines }) => [
    ...cutAfterRecord(lines, 8),
    rawLine(recordAt(lines, 9).text.slice(0, 200)),
  ]),
  'before the note of record 17': on(LONELY, ({ lines }) => cutAfterRecord(lines, 17)),
  'before the note of the close record': on(['closed'], ({ lines }) => cutAfterRecord(lines, 19)),
  'in the middle of the note of the close record': on(['closed'], ({ lines }) => [
    ...cutAfterRecord(lines, 19),
    rawLine('{"note":"demo.bank/stream/'),
  ]),
};

function heads({ stream, name }: Base): string {
  const closed = name === 'closed' || name === 'rolled' || name === 'handed';
  return headsText([{ stream, size: closed ? 19 : 17, closed }]);
}

const short = (
  bases: readonly BaseName[],
  cut: (lines: readonly SegmentLine[]) => SegmentLine[],
  more: (base: Base) => Attacked = () => ({}),
): Variant => on(bases, (base) => ({ lines: cut(base.lines), ...more(base) }));

const knowing = (base: Base): Attacked => ({ knownHeads: heads(base) });

const besideWhole = (cut: (lines: readonly SegmentLine[]) => SegmentLine[]): Variant =>
  on(LONELY, (base) => {
    const whole = base.control.sources[0] ?? new Map();
    return { sources: [whole, withLines(whole, base.path, cut(base.lines))] };
  });

/** Row 13. */
export const tailsWithNotes: Row = {
  'to note 12, known heads': short(LONELY, (lines) => cutAfterNote(lines, 12), knowing),
  'to note 1, known heads': short(LONELY, (lines) => cutAfterNote(lines, 1), knowing),
  'to record 9, known heads': short(LONELY, (lines) => cutAfterRecord(lines, 9), knowing),
  'live stream to note 12, known heads': short(['live'], (lines) => cutAfterNote(lines, 12), knowing),
  'to note 12, another source whole': besideWhole((lines) => cutAfterNote(lines, 12)),
  'to record 9, another source whole': besideWhole((lines) => cutAfterRecord(lines, 9)),
  'to note 12, pinned by the successor': short(['adopted'], (lines) => cutAfterNote(lines, 12)),
  'to record 9, pinned by the successor': short(['adopted'], (lines) => cutAfterRecord(lines, 9)),
  'to note 12, a rolled stream behind it': short(['rolled', 'handed'], (lines) => cutAfterNote(lines, 12)),
  'to record 9, a rolled stream behind it': short(['rolled', 'handed'], (lines) => cutAfterRecord(lines, 9)),
  'to note 12, a rolled stream behind it, known heads': short(
    ['rolled', 'handed'],
    (lines) => cutAfterNote(lines, 12),
    knowing,
  ),
  'unsealed tail cut, pinned by the successor': short(['adopted'], (lines) => cutAfterNote(lines, 17)),
  'only the unsealed tail cut, known heads': short(['crashed'], (lines) => cutAfterNote(lines, 17), knowing),
};

/** A process that goes on appending to a file that was cut behind its back: what stands between is gone. */
const cutLive = (from: number, to: number): Variant =>
  on(['live', 'closed'], ({ lines }) => [
    ...cutAfterRecord(lines, from - 1),
    ...lines.slice(recordIndex(lines, to) + 1).filter((line) => !(line.kind === 'note' && line.size <= to)),
  ]);

/** Row 14. */
export const cutWhileWriting: Row = {
  'behind record 7, three records lost': cutLive(8, 10),
  'behind record 5, three seals lost': cutLive(6, 12),
  'behind the open record and before its note': on(['live'], ({ lines }) => [
    ...cutAfterRecord(lines, 1),
    ...lines.slice(recordIndex(lines, 3) + 1),
  ]),
  'in the middle of record 8, the next line glued to it': on(['live', 'closed'], ({ lines }) => [
    ...cutAfterRecord(lines, 7),
    rawLine(recordAt(lines, 8).text.slice(0, 150)),
    ...lines.slice(recordIndex(lines, 10) + 1),
  ]),
};

const ROLLED: readonly BaseName[] = ['rolled', 'handed'];

const withoutStream = (
  bases: readonly BaseName[],
  name: string,
  more: (base: Base) => Attacked = () => ({}),
): Variant =>
  on(bases, (made) => ({
    files: withLines(made.control.sources[0] ?? new Map(), pathOf(made, name), undefined),
    ...more(made),
  }));

const knowingAll = (base: Base): Attacked => ({
  knownHeads: headsText(
    base.writer.streams.map(({ stream }) => ({ stream, size: stream.sealingNumbers.at(-1) ?? 0, closed: true })),
  ),
});

/** Row 15. */
export const wholeStreams: Row = {
  'the one a successor names': withoutStream(['adopted'], 'target'),
  'named by a successor and by known heads': withoutStream(['adopted'], 'target', knowing),
  'the middle one of three rolled': withoutStream(ROLLED, 'target'),
  'the middle one of three rolled, known heads': withoutStream(ROLLED, 'target', knowingAll),
  'the first one of three rolled': withoutStream(ROLLED, 'first'),
  'the first one of three rolled, known heads': withoutStream(ROLLED, 'first', knowingAll),
  'the last of three rolled, unknown before': withoutStream(ROLLED, 'next'),
  'the successor of a crash, unknown before': withoutStream(['adopted'], 'next'),
  'only the successor’s file was given': on(['adopted'], (base) => ({
    files: withLines(base.control.sources[0] ?? new Map(), base.path, undefined),
    complete: false,
  })),
};

/** Row 43. */
export const sealingRecords: Row = {
  'two heartbeats in a row with their notes': on(ALL, ({ lines }) => dropNotes(dropRecords(lines, 11, 12), 11, 12)),
  'two seals after each other with their notes': on(ALL, ({ lines }) => dropNotes(dropRecords(lines, 6, 11), 6, 11)),
  'two notes only': on(ALL, ({ lines }) => dropNotes(lines, 11, 12)),
  'one note only': on(ALL, ({ lines }) => dropNotes(lines, 6)),
  'every note but the first and the last': on(['closed'], ({ lines }) => dropNotes(lines, 6, 11, 12, 17)),
};

/** Row 64: a backup of the directory from before the newest stream. */
export const restoredBackups: Row = {
  'without the newest stream': own(() => backup('rolled', ['next'])),
  'without the two newest streams': own(() => backup('rolled', ['target', 'next'])),
  'without the successor of a crash': own(() => backup('adopted', ['next'])),
};

function backup(name: BaseName, absent: readonly string[]) {
  const base = makeBase(name);
  const streams = base.writer.streams.map(({ stream }) => stream);
  const [first, newest] = [streams[0], streams.at(-1)];
  const heads = streams.map((stream) => ({
    stream,
    size: stream.sealingNumbers.at(-1) ?? 0,
    closed: stream.streamId !== base.streams['target'] || name === 'rolled',
  }));
  let files = new Map(base.control.sources[0]);
  for (const gone of absent) {
    files = withLines(files, pathOf(base, gone), undefined);
  }
  const knownHeads = headsText(heads, { [first?.streamId ?? '']: newest?.streamId ?? '' });
  return {
    control: { ...base.control, knownHeads },
    controlExpected: base.expected,
    attacked: { ...base.control, sources: [files], knownHeads },
    streams: base.streams,
  };
}
