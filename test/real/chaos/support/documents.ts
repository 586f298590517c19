// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Elasticsearch } from '../../support/parts.ts';

const PAGE = 5_000;

/** A document as far as it is compared. */
export interface Stored {
  readonly id: string;
  readonly index: string;
  readonly payload: string;
}

interface Page {
  readonly pit_id: string;
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string;
      readonly _index: string;
      readonly _source: { readonly attributes?: Readonly<Record<string, string>> };
      readonly sort: readonly unknown[];
    }[];
  };
}

/** How many documents can be found; 0 where there is no stream yet. */
export async function count(call: Elasticsearch['call'], stream: string): Promise<number> {
  await call('POST', `/${stream}/_refresh`);
  const { body } = await call('GET', `/${stream}/_count`);
  return (body as { count?: number }).count ?? 0;
}

/** Every document of a data stream, read as nobody of Stepseal reads it. */
export async function documents(call: Elasticsearch['call'], stream: string): Promise<readonly Stored[]> {
  await call('POST', `/${stream}/_refresh`);
  const opened = await call('POST', `/${stream}/_pit?keep_alive=1m`);
  if (opened.status !== 200) return [];
  let id = (opened.body as { id: string }).id;
  const found: Stored[] = [];
  for (let after: readonly unknown[] | undefined; ; ) {
    const { body } = await call('POST', '/_search', {
      size: PAGE,
      pit: { id, keep_alive: '1m' },
      sort: ['_shard_doc'],
      _source: ['attributes.audit.integrity.payload'],
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: after }),
    });
    const { pit_id, hits } = body as Page;
    id = pit_id;
    for (const { _id, _index, _source } of hits.hits) {
      found.push({ id: _id, index: _index, payload: _source.attributes?.['audit.integrity.payload'] ?? '' });
    }
    after = hits.hits.at(-1)?.sort;
    if (hits.hits.length < PAGE) break;
  }
  await call('DELETE', '/_pit', { id });
  return found;
}
