// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { recordRanges } from '../src/render/record-ranges.ts';
import { dateTime, duration, seconds, timeOfDay } from '../src/render/time.ts';

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [8421, '8.4 s'],
  [60_000, '1 min'],
  [245_000, '4 min 5 s'],
  [7_380_000, '2 h 3 min'],
  [172_800_000, '2 days'],
])('%i ms is told as %s', (milliseconds, told) => {
  expect(duration(milliseconds)).toBe(told);
});

it('a time that no date can hold says so instead of throwing: records say what they like', () => {
  expect([dateTime(9e15), timeOfDay(-9e15), dateTime(Number.NaN), dateTime(undefined)]).toEqual(
    Array(4).fill('unknown'),
  );
  expect(dateTime(0)).toBe('1970-01-01 00:00:00.000Z');
  expect(seconds(1500)).toBe('1.5 s');
});

it.each([
  [[2], 'record 2'],
  [[5, 2, 4, 3], 'records 2 to 5'],
  [[2, 3, 8, 10, 11], 'records 2 to 3, 8, 10 to 11'],
  [[4, 4], 'record 4'],
])('record numbers %j are told as %s', (numbers, told) => {
  expect(recordRanges(numbers)).toBe(told);
});
