// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { BACK_OFF, BackOff, parseRetryAfter } from '../../src/delivery/back-off.ts';

test('pauses double up to their bound, which is higher for faults of the endpoint, and begin anew after a success', () => {
  const backOff = new BackOff(BACK_OFF, () => 1);
  expect([0, 1, 2, 3, 4, 5, 6].map(() => backOff.next(false, undefined))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(backOff.next(true, undefined)).toBe(60_000);
  backOff.succeeded();
  expect(backOff.next(false, undefined)).toBe(1_000);
});

test('the whole pause is random, so that senders do not come back in step', () => {
  expect(new BackOff(BACK_OFF, () => 0.25).next(false, undefined)).toBe(250);
  expect(new BackOff(BACK_OFF, () => 0).next(false, undefined)).toBe(0);
});

test('what the receiver asks for comes before, up to five minutes', () => {
  const backOff = new BackOff(BACK_OFF, () => 1);
  expect(backOff.next(false, 7_000)).toBe(7_000);
  expect(backOff.next(false, 86_400_000)).toBe(300_000);
});

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Sat, 21 Nov 2026 12:00:05 GMT', 5_000],
  ['Saturday, 21-Nov-26 12:00:05 GMT', 5_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2026-11-21', undefined],
  ['99999999999999', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j means %j ms', (text, ms) => {
  expect(parseRetryAfter(text, NOW)).toBe(ms);
});
