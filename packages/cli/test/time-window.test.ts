// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import type { Call } from '../src/command.ts';
import { timeWindow } from '../src/search/time-window.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

function since(text: string): string | undefined {
  const window = timeWindow({ flags: { since: text } } as unknown as Call, NOW);
  return window && new Date(window.sinceMs).toISOString();
}

it.each([
  ['90d', '2026-08-23T12:00:00.000Z'],
  ['2h', '2026-11-21T10:00:00.000Z'],
  ['15min', '2026-11-21T11:45:00.000Z'],
  ['15m', '2026-11-21T11:45:00.000Z'],
  ['1w', '2026-11-14T12:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T09:30', '2026-11-01T09:30:00.000Z'],
  ['2026-11-01 09:30:15.5', '2026-11-01T09:30:15.500Z'],
  ['2026-11-01T09:30:00+01:00', '2026-11-01T08:30:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['1970-01-01', '1970-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59+14:00', '9999-12-31T09:59:59.000Z'],
  ['2026-11-01t09:30:00z', '2026-11-01T09:30:00.000Z'],
])('%s is the time %s, whatever the zone of the machine', (text, expected) => {
  expect(since(text)).toBe(expected);
});

it.each([
  '2026-02-30',
  '2026-02-29',
  '2026-11-31T10:00Z',
  '2026-06-30T23:59:60Z',
  '',
  '90',
  'd',
  '2026-13-01',
  '2026-11-01T25:00',
  'now',
  '-1d',
  '1e9d',
])('%j is no time', (text) => {
  expect(() => since(text)).toThrow(/needs a date/);
});
