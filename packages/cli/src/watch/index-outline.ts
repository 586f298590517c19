// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Answer, ElasticError, refusal, type Server } from '@stepseal/elastic';
import type { Look, Outline } from './growth.ts';

const STREAM = 'attributes.audit.sequence.stream_id';
/** Streams in one answer. */
const PAGE = 1_000;

/**
 * Looks at the streams of an index: how many documents each has, in how many indices, and the sequence numbers of their
 * writes. A change of a document gives it a higher one in its shard, so that their sum rises, also where the newest write
 * of the stream lies in another index.
 */
export function indexOutline(server: Server, dataStream: string): Look {
  const path = `/${dataStream.split(',').map(encodeURIComponent).join(',')}/_search`;
  return async (): Promise<Outline> => {
    const streams = new Map<string, string>();
    let rest = '';
    for (let after: object | undefined; ; ) {
      const { aggregations } = whole(await server.request('POST', path, question(after)));
      const buckets = aggregations?.streams?.buckets ?? [];
      for (const { key, doc_count, written, indices } of buckets) {
        streams.set(key.stream, [doc_count, indices.value, written.max, written.sum].join(' '));
      }
      const { doc_count = 0, written } = aggregations?.rest ?? {};
      rest = [doc_count, written?.max, written?.sum].join(' ');
      after = aggregations?.streams?.after_key;
      if (after === undefined || buckets.length < PAGE) return { streams, rest };
    }
  };
}

function question(after: object | undefined): object {
  const written = { stats: { field: '_seq_no' } };
  return {
    size: 0,
    track_total_hits: false,
    aggs: {
      rest: { missing: { field: STREAM }, aggs: { written } },
      streams: {
        composite: { size: PAGE, sources: [{ stream: { terms: { field: STREAM } } }], ...(after && { after }) },
        aggs: { written, indices: { cardinality: { field: '_index' } } },
      },
    },
  };
}

function whole(answer: Answer): Found {
  if (answer.status !== 200) throw refusal('search', answer);
  const found = answer.body as Found;
  if (found.timed_out || (found._shards?.failed ?? 0) > 0) {
    throw new ElasticError('ELASTIC_REFUSED', 'A part of the index gave no answer: what has grown cannot be told.');
  }
  return found;
}

interface Found {
  readonly timed_out?: boolean;
  readonly _shards?: { readonly failed: number };
  readonly aggregations?: {
    readonly rest?: { readonly doc_count: number; readonly written: Written };
    readonly streams?: {
      readonly after_key?: object;
      readonly buckets: readonly {
        readonly key: { readonly stream: string };
        readonly doc_count: number;
        readonly written: Written;
        readonly indices: { readonly value: number };
      }[];
    };
  };
}

interface Written {
  readonly max: number | null;
  readonly sum: number;
}
