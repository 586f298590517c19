// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SeededRandom } from '@stepseal/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Suspicion } from '../../src/delivery/suspicion.ts';

interface Outcome {
  readonly delivered: readonly number[];
  readonly setAside: readonly number[];
  readonly requests: number;
  readonly faults: number;
}

/** Sends records 0 to `count`-1 to a receiver, as the delivery loop does, until all are done with or it gives up. */
function send(count: number, accepts: (records: readonly number[], request: number) => boolean, most = 64): Outcome {
  const random = new SeededRandom(count);
  const suspicion = new Suspicion(most, () => random.below(1_000) / 1_000);
  const delivered: number[] = [];
  const setAside: number[] = [];
  let requests = 0;
  let faults = 0;
  for (let front = 0; front < count && requests < 3_000 && faults < 50; ) {
    const window = Math.min(most, count - front);
    const next = suspicion.next(window);
    const from = next.kind === 'records' ? front + next.from : 0;
    const size = next.kind === 'records' ? next.count : 1;
    // Something the receiver has always taken.
    const load = next.kind === 'records' ? Array.from({ length: size }, (_, at) => from + at) : [-1];
    if (accepts(load, ++requests)) {
      const done = suspicion.accepted(size);
      for (let at = 0; at < done; at++) delivered.push(front++);
      continue;
    }
    const conclusion = suspicion.refused(size, false);
    if (conclusion === 'set-aside') setAside.push(front++);
    if (conclusion === 'endpoint') faults++;
  }
  return { delivered, setAside, requests, faults };
}

test('exactly the unwanted records are set aside, wherever they stand', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.uniqueArray(fc.nat(199), { maxLength: 6 }), (count, unwanted) => {
      const poison = new Set(unwanted.filter((at) => at < count));
      const { delivered, setAside } = send(count, (records) => !records.some((at) => poison.has(at)));
      expect(setAside).toEqual([...poison].sort((a, b) => a - b));
      expect(delivered).toHaveLength(count - poison.size);
    }),
    { numRuns: 300 },
  );
});

test.each([1, 2, 3, 7, 8])('the last %i records, none of which is wanted, do not wait for one that is', (unwanted) => {
  for (const wanted of [0, 1, 20]) {
    const { delivered, setAside } = send(wanted + unwanted, (records) => records.every((at) => at < wanted));
    expect(setAside).toEqual(Array.from({ length: unwanted }, (_, at) => wanted + at));
    expect(delivered).toHaveLength(wanted);
  }
});

test('of records that come one by one behind unwanted ones, each is asked with', () => {
  const suspicion = new Suspicion(64, Math.random);
  const asked: number[] = [];
  for (let available = 2; asked.length < 5; available++) {
    let next = suspicion.next(available);
    while (next.kind === 'records' && next.count > 1) {
      suspicion.refused(next.count, false);
      next = suspicion.next(available);
    }
    if (next.kind !== 'records') throw new Error('there was one that had not been asked with');
    asked.push(next.from);
    suspicion.refused(1, false);
  }
  expect(asked).toEqual([0, 1, 2, 3, 4]);
});

test('more than eight that are refused, with none accepted between, are held to be the fault of the endpoint', () => {
  const { setAside, faults } = send(20 + 9, (records) => records.every((at) => at < 20));
  expect({ setAside, faults }).toEqual({ setAside: [], faults: 50 });
});

test('one unwanted record of 512 costs two dozen requests at most', () => {
  for (const poison of [0, 1, 255, 256, 300, 511]) {
    const { setAside, requests } = send(512, (records) => !records.includes(poison), 512);
    expect(setAside).toEqual([poison]);
    expect(requests).toBeLessThanOrEqual(24);
  }
});

test('an endpoint that refuses everything sets nothing aside', () => {
  const { delivered, setAside, faults } = send(100, (records) => records.includes(-1));
  expect({ delivered, setAside }).toEqual({ delivered: [], setAside: [] });
  expect(faults).toBe(50);
});

test.each(Array.from({ length: 24 }, (_, at) => at))(
  'an endpoint that refuses everything up to request %i, and then nothing, sets nothing aside',
  (until) => {
    const { delivered, setAside } = send(100, (_, request) => request > until);
    expect(setAside).toEqual([]);
    expect(delivered).toHaveLength(100);
  },
);

test('loads that are too large together are made smaller, and larger again in time', () => {
  const suspicion = new Suspicion(64, Math.random);
  let largest = 0;
  let requests = 0;
  for (let at = 0; at < 200; at++) {
    const next = suspicion.next(64);
    if (next.kind !== 'records') throw new Error('no record is under suspicion');
    requests++;
    if (next.count > 20) suspicion.refused(next.count, true);
    else {
      largest = Math.max(largest, next.count);
      expect(suspicion.accepted(next.count)).toBe(next.count);
    }
  }
  expect(largest).toBe(16);
  expect(requests).toBe(200);
});
