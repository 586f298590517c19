// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '@stepseal/elastic';
import { TestWriter, writeStepUp } from '@stepseal/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { IndexReader } from '../src/elasticsearch/index-reader.ts';
import { IndexStreamTail } from '../src/elasticsearch/index-stream-tail.ts';
import { IndexTail } from '../src/elasticsearch/index-tail.ts';

const START = { after: new Map<string, number>(), all: true, unsealed: false, patient: true };
const MINUTE_MS = 60_000;

let streamId: string;
/** Payloads by number, and of which numbers there are documents. */
let payloads: readonly string[];
let there: Set<number>;
/** Whether each question for streams was for all of them. */
let sweeps: boolean[];

beforeEach(() => {
  const writer = new TestWriter({ label: 'index-tail', deployment: 'demo.bank' });
  for (let step = 0; step < 3; step++) writeStepUp(step === 0 ? writer.start() : writer.current, `step-up-${step}`);
  writer.current.seal();
  streamId = writer.current.streamId;
  const text = writer.current.bytes().toString('utf8');
  payloads = text.split('\n').filter((line) => line.startsWith('{"attributes"'));
  there = new Set();
  sweeps = [];
});

/** Answers the questions of a feed as Elasticsearch does. */
const index = {
  search: (body: JsonObject) => {
    if (body['aggs'] !== undefined) {
      sweeps.push(JSON.stringify(body['query']).includes('match_all'));
      const value = Math.max(0, ...there);
      const bucket = { key: { stream: streamId }, last: { value }, sealing: { last: { value } } };
      return Promise.resolve({
        hits: { hits: [] },
        aggregations: { streams: { buckets: there.size > 0 ? [bucket] : [] } },
      });
    }
    const [, from] = /"gte":(\d+)/.exec(JSON.stringify(body['query'])) ?? [];
    const numbers =
      from === undefined ? [] : [...there].filter((number) => number >= Number(from)).sort((a, b) => a - b);
    const hits = numbers.map((number) => ({
      sort: [streamId, number],
      _source: { attributes: { 'audit.integrity.payload': payloads[number - 1] } },
    }));
    return Promise.resolve({ hits: { hits } });
  },
} as unknown as IndexReader;

async function taken(tail: IndexStreamTail | IndexTail, nowMs: number): Promise<(number | string)[]> {
  const given: (number | string)[] = [];
  const items = tail instanceof IndexTail ? tail.advance(nowMs) : tail.take(nowMs);
  for await (const item of items) given.push('notice' in item ? `${item.notice} ${item.after}` : item.number);
  return given;
}

function arrive(...numbers: readonly number[]): void {
  for (const number of numbers) there.add(number);
}

test('a gap that has closed has no part in how long the next one is waited for', async () => {
  const tail = new IndexStreamTail(index, streamId, START);
  arrive(1, 3);
  expect(await taken(tail, 0)).toEqual([1]);
  arrive(2);
  expect(await taken(tail, MINUTE_MS - 1)).toEqual([]);
  arrive(5);
  expect(await taken(tail, MINUTE_MS)).toEqual([]);
  expect((await taken(tail, 2 * MINUTE_MS))[0]).toBe('records_missing 3');
});

test('a clock that is set back does not make a feed wait until it is that late again', async () => {
  const hourMs = 60 * MINUTE_MS;
  const tail = new IndexStreamTail(index, streamId, START);
  arrive(1, 3);
  expect(await taken(tail, hourMs)).toEqual([1]);
  expect(await taken(tail, 0)).toEqual([]);
  expect((await taken(tail, MINUTE_MS))[0]).toBe('records_missing 1');
  const all = new IndexTail(index, START);
  for (const nowMs of [hourMs, hourMs + 1, 0, 1]) await taken(all, nowMs);
  expect(sweeps).toEqual([true, false, true, false]);
});
