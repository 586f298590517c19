// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import { planDeletions, type StoredStream } from '../src/retention/plan.ts';
import { limitsAnything, retentionSettings } from '../src/retention/settings.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

/** A stream of ten bytes whose last record is so many days old. */
function stream(id: number, days: number): StoredStream {
  return { streamId: `01-${id}`, directory: 'w', path: `w/${id}`, bytes: 10, changedMs: NOW - days * DAY };
}

function plan(settings: Parameters<typeof retentionSettings>[0], freeBytes = 1_000): string[] {
  const streams = [stream(3, 1), stream(1, 9), stream(2, 8), stream(4, 0)];
  const input = { streams, totalBytes: 50, freeBytes, nowMs: NOW, condition: 'delivered and ' };
  return planDeletions(input, retentionSettings(settings, false)).map(
    ({ streamId, policy }) => `${streamId}: ${policy}`,
  );
}

test('too old, oldest first, with the rule that says so', () => {
  expect(plan({ maxAgeMs: 7 * DAY })).toEqual([
    '01-1: delivered and older than 7 d',
    '01-2: delivered and older than 7 d',
  ]);
});

test('too much: the oldest go until the rest fits, streams that must stay counted', () => {
  expect(plan({ maxBytes: 30 })).toEqual([
    '01-1: delivered and oldest of more than 30 bytes',
    '01-2: delivered and oldest of more than 30 bytes',
  ]);
  expect(plan({ maxBytes: 50 })).toEqual([]);
});

test('too little room: the oldest go until there is enough', () => {
  expect(plan({ minFreeBytes: 1024 ** 2 }, 1024 ** 2 - 15)).toEqual([
    '01-1: delivered and oldest while less than 1 MiB is free',
    '01-2: delivered and oldest while less than 1 MiB is free',
  ]);
});

test('what one rule takes, the others need not take again', () => {
  expect(plan({ maxAgeMs: 9 * DAY - 1, maxBytes: 40 })).toEqual(['01-1: delivered and older than 777599999 ms']);
});

test('nothing asked for: a week and 1 GiB with an endpoint, else no limit', () => {
  expect(retentionSettings(undefined, true)).toEqual({ maxAgeMs: 7 * DAY, maxBytes: 1024 ** 3, minFreeBytes: 0 });
  expect(retentionSettings({ maxAgeMs: 0, maxBytes: 0 }, true).maxAgeMs).toBe(7 * DAY);
  expect(retentionSettings({ maxBytes: 5 }, true)).toEqual({ maxAgeMs: 7 * DAY, maxBytes: 5, minFreeBytes: 0 });
  expect(limitsAnything(retentionSettings(undefined, false))).toBe(false);
});
