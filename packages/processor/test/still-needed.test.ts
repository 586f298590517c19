// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SeededRandom, uuidV7 } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { stillNeeded } from '../src/retention/still-needed.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 2);
const random = new SeededRandom('still needed');

const idOf = (days: number): string => uuidV7(NOW - days * DAY, random);
const declared = (streamId: string) => ({ streamId, size: 3, root: 'r', policy: 'p' });
const staying = (streamId: string) => ({ streamId, directory: 'd', path: streamId, bytes: 1, changedMs: 0 });

function again(
  carried: readonly string[],
  stays: readonly string[],
  named: Readonly<Record<string, string>> = {},
): string[] {
  return stillNeeded(
    carried.map((id) => declared(id)),
    new Set(),
    stays.map((id) => staying(id)),
    NOW,
    (path) => named[path],
  ).map(({ streamId }) => streamId);
}

test('a deletion of the last 400 days is declared again: somebody may have seen the stream', () => {
  const [young, old] = [idOf(399), idOf(401)];
  expect(again([young, old], [idOf(1)])).toEqual([young]);
});

test('an older one is declared again while a stream names it, or an older one is still there', () => {
  const [old, older, live] = [idOf(500), idOf(600), idOf(1)];
  expect(again([old], [live], { [live]: old })).toEqual([old]);
  // Its close record may name the one that is declared.
  expect(again([old], [older, live])).toEqual([old]);
  expect(again([old], [live])).toEqual([]);
});

test('what is still there is declared when it goes, and what is declared twice is declared once', () => {
  const [there, gone] = [idOf(3), idOf(2)];
  expect(again([there, gone, gone], [there])).toEqual([gone]);
});
