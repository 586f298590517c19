// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Answer, ElasticError, refusal, type Server } from '@stepseal/elastic';

const PAYLOAD = 'audit.integrity.payload';
const STREAM = 'attributes.audit.sequence.stream_id';
const NUMBER = 'attributes.audit.sequence.number';

/** Documents that a search gives out at once at most (`index.max_result_window`). */
const MOST_HITS = 10_000;

/** Streams that the index names at once. */
const PAGE = 500;

/** What the index counts of one stream. */
export interface IndexedNumbers {
  readonly documents: number;
  readonly first: number;
  readonly last: number;
  readonly sum: number;
  /** Backing indices that hold some of them; a document id is unique in one only. */
  readonly indices: number;
}

/** A document under the id that a record has. */
export interface IndexedDocument {
  readonly index: string;
  /** The sealed bytes that it carries; undefined where it has none. */
  readonly payload: string | undefined;
}

/** The side of Elasticsearch: searched with the rights of an auditor, never written. */
export class RecordIndex {
  readonly #server: Server;
  readonly #path: string;
  #isThere = true;

  constructor(server: Server, dataStream: string) {
    this.#server = server;
    this.#path = `/${dataStream.split(',').map(encodeURIComponent).join(',')}/_search`;
  }

  /** False where the last question met no data stream of the name, or none that the credentials may see. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** What there is of these streams; those that the index does not have are left out. @throws ElasticError */
  async numbers(streams: readonly string[]): Promise<Map<string, IndexedNumbers>> {
    if (streams.length === 0) return new Map();
    const body = await this.#search({
      size: 0,
      query: { terms: { [STREAM]: streams } },
      aggs: {
        streams: {
          terms: { field: STREAM, size: streams.length, include: streams },
          aggs: { numbers: { stats: { field: NUMBER } }, indices: { cardinality: { field: '_index' } } },
        },
      },
    });
    const buckets = (body.aggregations?.streams?.buckets ?? []).map(
      ({ key, doc_count, numbers: { min, max, sum }, indices }) =>
        [key, { documents: doc_count, first: min ?? 0, last: max ?? 0, sum, indices: indices.value }] as const,
    );
    return new Map(buckets);
  }

  /** Ids of all streams, some hundred at a time. @throws ElasticError */
  async *streams(): AsyncGenerator<string[]> {
    for (let after: object | undefined; ; ) {
      const composite = { size: PAGE, sources: [{ stream: { terms: { field: STREAM } } }], ...(after && { after }) };
      const { aggregations } = await this.#search({ size: 0, aggs: { all: { composite } } });
      const ids = (aggregations?.all?.buckets ?? []).map(({ key }) => key.stream);
      yield ids;
      after = aggregations?.all?.after_key;
      if (after === undefined || ids.length < PAGE) return;
    }
  }

  /** Every document under one of these ids, whatever it holds. @throws ElasticError */
  async documents(ids: readonly string[]): Promise<Map<string, IndexedDocument[]>> {
    const { hits } = await this.#search({
      size: MOST_HITS,
      track_total_hits: true,
      query: { ids: { values: ids } },
      _source: [`attributes.${PAYLOAD}`],
    });
    if (hits.total.value > hits.hits.length && ids.length > 1) {
      const half = Math.ceil(ids.length / 2);
      return new Map([...(await this.documents(ids.slice(0, half))), ...(await this.documents(ids.slice(half)))]);
    }
    const found = new Map<string, IndexedDocument[]>();
    for (const { _id, _index, _source } of hits.hits) {
      const payload: unknown = _source?.attributes?.[PAYLOAD];
      const document = { index: _index, payload: typeof payload === 'string' ? payload : undefined };
      const others = found.get(_id);
      if (others === undefined) found.set(_id, [document]);
      else others.push(document);
    }
    return found;
  }

  async #search(body: object): Promise<SearchAnswer> {
    const answer = await this.#server.request('POST', this.#path, body);
    // A name that is not there answers 404, a pattern that stands for nothing 200 of no shards.
    this.#isThere = answer.status !== 404 && (answer.body as SearchAnswer)._shards?.total !== 0;
    if (answer.status === 404) return { hits: { total: { value: 0 }, hits: [] } };
    if (answer.status !== 200) throw refusal('search', answer);
    return whole(answer);
  }
}

/** What a shard did not answer would be taken for missing. */
function whole({ body }: Answer): SearchAnswer {
  const answer = body as SearchAnswer;
  if (answer.timed_out || (answer._shards?.failed ?? 0) > 0) {
    throw new ElasticError('ELASTIC_REFUSED', 'A part of the index gave no answer: what is missing cannot be told.');
  }
  return answer;
}

interface SearchAnswer {
  readonly timed_out?: boolean;
  readonly _shards?: { readonly total?: number; readonly failed: number };
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly {
      readonly _id: string;
      readonly _index: string;
      readonly _source?: { readonly attributes?: Readonly<Record<string, unknown>> };
    }[];
  };
  readonly aggregations?: {
    readonly streams?: { readonly buckets: readonly Bucket[] };
    readonly all?: {
      readonly after_key?: object;
      readonly buckets: readonly { readonly key: { readonly stream: string } }[];
    };
  };
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly numbers: { readonly min: number | null; readonly max: number | null; readonly sum: number };
  readonly indices: { readonly value: number };
}
