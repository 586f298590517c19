// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { lineHash, type RecordLine, type SegmentLine, splitSegment } from '@stepseal/testkit';
import { ROWS } from '../../../attacks/rows.ts';
import type { Files, Scenario } from '../../../attacks/scenario.ts';
import { type Deliverable, deliverables } from '../support/deliverable.ts';
import { type Document, documentOf, openFacts } from '../support/exported.ts';

/** A scenario of the suite on segments, as documents: what was there, and what is there after the attack. */
export interface Carried {
  readonly scenario: Scenario;
  readonly control: ReadonlyMap<string, Document>;
  readonly attacked: ReadonlyMap<string, Document>;
}

const BASES = ['closed', 'rolled', 'adopted', 'live', 'own streams'];

/** Attacks on files that can be made on documents, by row and variant. Where the form of a file is attacked, there is none. */
export const CARRIED: ReadonlyMap<number, readonly string[]> = new Map([
  [
    9,
    [
      'the first after the open record',
      'one in the middle',
      'the last under the last common note',
      'the last before the close',
      'three together',
      'two apart',
      'the gap record',
    ],
  ],
  [
    10,
    [
      'records 2 to 3',
      'record 8 alone',
      'records 7 to 9',
      'records 13 to 16',
      'record 18, the last before the close',
      'open record edited',
      'gap of two edited to one',
    ],
  ],
  [11, ['the open record and its note', 'the first three', 'up to the first seal', 'up to note 12']],
  [
    13,
    [
      'to note 12, known heads',
      'to note 1, known heads',
      'to record 9, known heads',
      'live stream to note 12, known heads',
      'to note 12, pinned by the successor',
      'to record 9, pinned by the successor',
      'to note 12, a rolled stream behind it',
      'to record 9, a rolled stream behind it',
      'to note 12, a rolled stream behind it, known heads',
      'unsealed tail cut, pinned by the successor',
    ],
  ],
  [
    15,
    [
      'the one a successor names',
      'named by a successor and by known heads',
      'the middle one of three rolled',
      'the middle one of three rolled, known heads',
      'the first one of three rolled',
      'the first one of three rolled, known heads',
      'the last of three rolled, unknown before',
      'the successor of a crash, unknown before',
    ],
  ],
  [19, ['files in reverse order', 'a seal that later records overtook before its note']],
  [
    20,
    [
      'in the place of record 9, before it',
      'behind record 9 as a second number 10',
      'in the place of record 2',
      'in the place of record 16, behind the seal',
      'a copy of the genuine one under another record id',
    ],
  ],
  [23, ['two sources, parted at record 5', 'two sources, parted at record 2', 'two successors of one crashed stream']],
  [74, ['one beside record 9', 'one beside each of 8, 9 and 10', 'a fake with a fake follower']],
  [25, ['a forged next record']],
  [26, ['records 7 to 10', 'the suffix from 13, with the other stream’s notes', 'records 2 to 5']],
  [
    27,
    [
      'suffix rewritten, known head of the same size',
      'suffix rewritten, known head in the middle of it',
      'suffix rewritten and shorter than known',
      'suffix rewritten, the successor pins the genuine end',
      'suffix rewritten before anybody looked',
      'known head older than the rewritten suffix',
      'key of one stream used for the next',
      'rolls on into a stream of the thief',
      'rolls on into a stream of the thief, first software',
      'rolls on into a stream that claims the identity',
      'rolls on into a stream under an identity of the thief',
    ],
  ],
  [
    29,
    [
      'stream named by a close record, under the attacker’s key',
      'stream named by a close record, under the genuine identity and another key',
    ],
  ],
  [
    43,
    [
      'two heartbeats in a row with their notes',
      'two seals after each other with their notes',
      'two notes only',
      'one note only',
      'every note but the first and the last',
    ],
  ],
  [44, ['by three seconds', 'by an hour', 'by less than passed meanwhile']],
  [47, ['too high', 'too low', 'zero', 'wrong in the close record']],
  [48, ['90.001 seconds', 'one hour', 'exactly 90 seconds', 'the wall clock jumped, the monotonic one did not']],
  [61, ['cut at note 6', 'cut at note 12', 'cut at note 17', 'cut at note 12, made a close record']],
  [62, ['wall time', 'monotonic time', 'refused total']],
  [64, ['without the newest stream', 'without the two newest streams', 'without the successor of a crash']],
  [67, ['alone', 'beside a genuine stream', 'with no identity at all']],
  [
    68,
    [
      'genuine stream of the other deployment',
      'open record claims the trusted deployment, notes say the other',
      'open record says the other deployment, notes claim the trusted one',
      'beside a genuine stream',
    ],
  ],
]);

/** Rows of the store, and one that needs rolled streams, which are tried on every base; of the others one is enough, since the chain is judged alike. */
const OF_THE_STORE: ReadonlySet<number> = new Set([9, 10, 11, 13, 15, 19, 20, 23, 29, 74]);

/** The bases that a carried variant is tried on. */
export function basesOf(row: number, variant: string): readonly string[] {
  const bases = OF_THE_STORE.has(row) ? BASES : ['closed', 'own streams'];
  return ROWS.get(row)?.[variant]?.on.filter((name) => bases.includes(name)) ?? [];
}

export function carried(row: number, variant: string, base: string, namespace: string): Carried {
  const scenario = ROWS.get(row)?.[variant]?.scenario(base);
  if (scenario === undefined) throw new RangeError(`row ${row} has no variant ${variant}`);
  const before = linesOf(scenario.control.sources);
  // A successor adopts what its predecessor left; what nobody adopts does not leave.
  const delivered = before.flatMap((lines, index) => deliverables(lines, index < before.length - 1));
  const genuine = new Map(delivered.map((record) => [record.hash, record]));
  const kept = new Set(before.flatMap(recordsOf).flatMap((line) => (genuine.has(lineHash(line)) ? [] : [line.text])));
  const facts = openFacts(before[0] ?? []);
  const documents = (records: Iterable<Deliverable>): Map<string, Document> =>
    new Map([...records].map((record) => [record.hash, documentOf(record, facts, namespace)]));
  const left = linesOf(scenario.attacked.sources).flatMap((lines) => {
    const notes = new Map(lines.flatMap((line) => (line.kind === 'note' ? [[line.size, line.note]] : [])));
    const sizes = [...notes.keys()].sort((a, b) => a - b);
    return recordsOf(lines)
      .filter((line) => !kept.has(line.text))
      .map((line): Deliverable => {
        const hash = lineHash(line);
        const note = notes.get(line.number);
        // A note travels with its record: without its line the document lacks it.
        const { note: _, ...rest } = genuine.get(hash) ?? madeUp(line, sizes);
        return note === undefined ? rest : { ...rest, note };
      });
  });
  return { scenario, control: documents(genuine.values()), attacked: documents(left) };
}

function linesOf(sources: readonly Files[]): readonly (readonly SegmentLine[])[] {
  return sources.flatMap((source) => [...source.values()].map(splitSegment));
}

function recordsOf(lines: readonly SegmentLine[]): readonly RecordLine[] {
  return lines.filter((line): line is RecordLine => line.kind === 'record');
}

/** A record that was not there before. Its document names the seal that is said to cover it, as one that was delivered. */
function madeUp(line: RecordLine, sizes: readonly number[]): Deliverable {
  const seal = sizes.find((size) => size >= line.number);
  const record = { payload: line.text, hash: lineHash(line), number: line.number };
  return seal === undefined ? record : { ...record, seal };
}
