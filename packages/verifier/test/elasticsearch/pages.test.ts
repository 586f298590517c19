// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { expect, test } from 'vitest';
import { readPages } from '../../src/elasticsearch/pages.ts';
import { BACKING_INDEX, type MemoryDocument, memoryClient } from './memory-index.ts';

const LONG = 'x'.repeat(10_000);

/** Every third one is long. */
const DOCUMENTS = Array.from({ length: 40 }, (_, at): MemoryDocument => {
  const attributes = at % 3 === 0 ? { long: LONG } : {};
  return {
    id: `${at}`,
    index: BACKING_INDEX,
    source: { '@timestamp': '0.0', attributes, resource: { attributes: {} } },
  };
});

async function idsRead(client: Client, pageBytes: number): Promise<string[]> {
  const ids: string[] = [];
  const point = { id: 'pit', partial: false };
  for await (const { hits } of readPages(client, point, { match_all: {} }, 16, pageBytes)) {
    for (const { id } of hits) ids.push(id);
  }
  return ids;
}

test.each([1, 15_000, 40_000, 1 << 20])(
  'with pages of no more than %i bytes every document is read once',
  async (bytes) => {
    expect(await idsRead(memoryClient(DOCUMENTS), bytes)).toEqual(DOCUMENTS.map(({ id }) => id));
  },
);

test('a server without the memory for a page is asked for fewer documents, down to one', async () => {
  const sizes: number[] = [];
  const client = (most: number): Client => {
    const { transport } = memoryClient(DOCUMENTS);
    const request = (asked: { body: string }): unknown => {
      const { size } = JSON.parse(asked.body) as { size: number };
      sizes.push(size);
      return size > most
        ? { statusCode: 429, body: [Buffer.from('{}')] }
        : Reflect.apply(transport.request, transport, [asked]);
    };
    return { transport: { request } } as unknown as Client;
  };
  expect(await idsRead(client(4), 1 << 20)).toEqual(DOCUMENTS.map(({ id }) => id));
  expect(sizes.slice(0, 3)).toEqual([16, 2, 4]);
  await expect(idsRead(client(0), 1 << 20)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
});

test('the next page has been asked for before the first document of a page is handed out', async () => {
  const { transport } = memoryClient(DOCUMENTS);
  let sent = 0;
  // As a real one does, it sends in a turn of the event loop.
  const request = (asked: { body: string }): Promise<unknown> =>
    new Promise((resolve) => {
      setImmediate(() => {
        sent++;
        resolve(Reflect.apply(transport.request, transport, [asked]));
      });
    });
  const client = { transport: { request } } as unknown as Client;
  const sentBefore: number[] = [];
  for await (const { hits } of readPages(client, { id: 'pit', partial: false }, { match_all: {} }, 16)) {
    sentBefore.push(sent);
    expect([...hits].length).toBeGreaterThan(0);
  }
  expect(sentBefore).toEqual([2, 3, 3]);
});
