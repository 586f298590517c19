// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Server } from '@stepseal/elastic';
import { expect, test } from 'vitest';
import { growth } from '../src/watch/growth.ts';
import { indexOutline } from '../src/watch/index-outline.ts';

interface Stored {
  readonly stream: string;
  readonly index: string;
  seqNo: number;
}

/** Answers as Elasticsearch does: `max`, or what `stats` counts, of the sequence numbers of each stream. */
function serverOf(documents: readonly Stored[]): Server {
  return {
    request: (_method, _path, body) => {
      const { written } = (body as { aggs: { rest: { aggs: { written: { stats?: object } } } } }).aggs.rest.aggs;
      const buckets = [...new Set(documents.map(({ stream }) => stream))].map((stream) => {
        const own = documents.filter((document) => document.stream === stream);
        const numbers = own.map(({ seqNo }) => seqNo);
        const max = Math.max(...numbers);
        const sum = numbers.reduce((a, b) => a + b, 0);
        const indices = { value: new Set(own.map(({ index }) => index)).size };
        return {
          key: { stream },
          doc_count: own.length,
          indices,
          written: written.stats === undefined ? { value: max } : { max, sum },
        };
      });
      return Promise.resolve({ status: 200, body: { aggregations: { streams: { buckets } } } });
    },
    close: () => Promise.resolve(),
  };
}

test('a document that is changed in the younger of two indices has its stream read, whatever the older one counts', async () => {
  const documents: Stored[] = [
    { stream: 'a', index: 'older', seqNo: 900_000 },
    { stream: 'a', index: 'younger', seqNo: 3 },
    { stream: 'b', index: 'younger', seqNo: 4 },
  ];
  const look = indexOutline(serverOf(documents), 'logs-*');
  const before = await look();
  expect(growth(before, await look())).toEqual({ changed: [], unsettled: false });
  (documents[1] as Stored).seqNo = 5;
  expect(growth(before, await look())).toEqual({ changed: ['a'], unsettled: false });
});
