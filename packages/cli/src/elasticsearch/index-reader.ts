// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ElasticError, type JsonObject, refusal, type Server } from '@stepseal/elastic';
import { CliError } from '../errors.ts';

export interface Hit {
  /** Sort values: texts and numbers, as they are handed back to go on behind this document. */
  readonly sort: readonly (string | number)[];
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly _source?: { readonly attributes?: Readonly<Record<string, unknown>> };
}

export interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly [name: string]: unknown;
}

/** What is read of an answer; the server is believed for what it found, not for what was sealed. */
export interface SearchAnswer {
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: Readonly<Record<string, { readonly buckets?: readonly Bucket[]; readonly value?: number }>>;
}

interface RawAnswer extends SearchAnswer {
  readonly timed_out?: boolean;
  readonly _shards?: { readonly total?: number; readonly failed?: number };
}

/** Asks one data stream, and takes no part of an answer for the whole. */
export class IndexReader {
  readonly description: string;
  readonly #server: Server;
  readonly #dataStream: string;

  constructor(server: Server, dataStream: string) {
    this.#server = server;
    this.#dataStream = dataStream;
    this.description = `${dataStream} in Elasticsearch`;
  }

  /** @throws ElasticError, CliError `NOT_FOUND` where there is no such data stream */
  async search(body: JsonObject): Promise<SearchAnswer> {
    const path = `/${encodeURIComponent(this.#dataStream)}/_search?allow_partial_search_results=false`;
    const answer = await this.#server.request('POST', path, body);
    if (answer.status === 404) throw this.#absent();
    if (answer.status !== 200) throw refusal(`search ${this.#dataStream}`, answer);
    const found = answer.body as RawAnswer;
    // A server that does not know the parameter above would answer with what it has.
    if (found.timed_out === true || (found._shards?.failed ?? 0) > 0) {
      throw new ElasticError('ELASTIC_REFUSED', 'Elasticsearch answered for a part of the data only: ask again.');
    }
    if (found._shards?.total === 0) throw this.#absent();
    return found;
  }

  /** How many documents match; where `most` is given, not counted beyond that. */
  async count(query: JsonObject, most?: number): Promise<number> {
    const { hits } = await this.search({ size: 0, query, track_total_hits: most ?? true });
    return hits.total?.value ?? 0;
  }

  #absent(): CliError {
    const remedy = 'check --data-stream; credentials that may not see it get the same answer';
    return new CliError('NOT_FOUND', `There is no data stream ${this.#dataStream} in Elasticsearch: ${remedy}.`);
  }
}
