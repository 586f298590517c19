// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, test } from 'vitest';
import { SealPointers } from '../../src/elasticsearch/seal-pointers.ts';

/** Number, what it points to, and `n` for a sealing record with a note, `s` for one without. */
type Row = readonly [number: number, seal: unknown, kind?: 'n' | 's'];

function wrong(rows: readonly Row[], stream: (row: Row) => string = () => 'one'): [number, number][] {
  const pointers = new SealPointers();
  return rows.flatMap((row) => {
    const [number, seal, kind] = row;
    const pointer = { id: '', index: '', number, seal, isSealing: kind !== undefined, hasNote: kind === 'n' };
    return pointers.take(stream(row), pointer).map((it): [number, number] => [it.number, it.right]);
  });
}

const WHOLE: readonly Row[] = [
  [1, 1, 'n'],
  [2, 4],
  [3, 4],
  [4, 4, 'n'],
  [5, 8],
  [6, 8, 's'],
  [7, 8],
  [8, 8, 'n'],
  [9, undefined],
];

test('a stream as it was delivered is no alarm', () => {
  expect(wrong(WHOLE)).toEqual([]);
});

test.each<[string, number, unknown]>([
  ['to a later sealing record', 2, 8],
  ['beyond the end', 3, 99],
  ['to a record that seals nothing', 2, 3],
  ['to itself', 5, 5],
  ['nowhere', 7, undefined],
  ['to a text', 5, '8'],
])('a document that points %s is found', (_name, number, seal) => {
  const changed = WHOLE.map((row): Row => (row[0] === number ? [number, seal, row[2]] : row) as Row);
  expect(wrong(changed)).toEqual([[number, number < 4 ? 4 : 8]]);
});

test('documents whose sealing record is gone, or has lost its note, are not told a second time', () => {
  expect(wrong(WHOLE.filter(([number]) => number !== 4))).toEqual([]);
  expect(wrong(WHOLE.map((row): Row => (row[0] === 4 ? [4, 4, 's'] : row)))).toEqual([]);
});

test('copies of a document and the next stream change nothing', () => {
  expect(wrong(WHOLE.flatMap((row) => [row, row]))).toEqual([]);
  expect(
    wrong(
      [
        [9, undefined],
        [1, 1, 'n'],
      ],
      ([number]) => String(number),
    ),
  ).toEqual([]);
});

describe('behind the last note of a stream', () => {
  const NOTED: Row = [4, 4, 'n'];
  function astray(rows: readonly Row[]): number[] {
    const pointers = new SealPointers();
    for (const [number, seal, kind] of [NOTED, ...rows])
      pointers.take('one', { id: '', index: '', number, seal, isSealing: kind !== undefined, hasNote: kind === 'n' });
    return pointers.end().map(({ number }) => number);
  }

  test('no record points anywhere', () => {
    expect(
      astray([
        [5, undefined],
        [6, undefined],
      ]),
    ).toEqual([]);
    expect(
      astray([
        [5, 5],
        [6, 4],
        [7, 9],
        [8, '9'],
        [9, undefined],
      ]),
    ).toEqual([5, 6, 7, 8]);
  });

  test('records may have left under a note that a power cut took, but no further and not the sealing record', () => {
    expect(
      astray([
        [5, 6],
        [6, undefined, 's'],
        [7, undefined],
      ]),
    ).toEqual([]);
    expect(
      astray([
        [5, 8],
        [6, 6, 's'],
        [7, undefined],
        [8, undefined, 's'],
      ]),
    ).toEqual([5, 6]);
  });

  test('a sealing record that is not here may be what is pointed to, but nothing behind the end', () => {
    expect(
      astray([
        [5, 6],
        [7, undefined],
      ]),
    ).toEqual([]);
    expect(
      astray([
        [5, 8],
        [7, undefined],
      ]),
    ).toEqual([5]);
  });

  test('of a stream nothing is told that belongs to another', () => {
    const pointers = new SealPointers();
    const pointer = { id: '', index: '', number: 5, seal: 5, isSealing: false, hasNote: false };
    pointers.take('one', pointer);
    pointers.take('two', { ...pointer, seal: undefined });
    expect(pointers.end()).toEqual([]);
  });
});
