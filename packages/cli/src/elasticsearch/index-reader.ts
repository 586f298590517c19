// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Answer, ElasticError, type JsonObject, refusal, type Server } from '@stepseal/elastic';
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
  readonly aggregations?: Readonly<Record<string, Aggregation>>;
}

export interface Aggregation {
  readonly buckets?: readonly Bucket[];
  readonly value?: number;
  readonly doc_count?: number;
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
    if (answer.status === 403) throw refusal(`search ${this.#dataStream}`, answer);
    if (answer.status !== 200) throw refused(this.#dataStream, answer);
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

/** Why a question was refused: the kinds of error, not their reasons, which may repeat what was asked. */
function refused(dataStream: string, { status, body }: Answer): ElasticError {
  const kinds = new Set<string>();
  collectKinds((body as { readonly error?: unknown } | null | undefined)?.error, kinds, 0);
  const named = kinds.size === 0 ? 'no reason given' : [...kinds].join(', ');
  const hint = kinds.has('too_many_buckets_exception') ? ' A shorter time (--since) needs fewer buckets.' : '';
  return new ElasticError(
    'ELASTIC_REFUSED',
    `Elasticsearch refused to search ${dataStream}: ${named} (${status}).${hint}`,
  );
}

interface ErrorKind {
  readonly type?: unknown;
  readonly root_cause?: unknown;
  readonly failed_shards?: unknown;
  readonly reason?: unknown;
  readonly caused_by?: unknown;
}

function collectKinds(error: unknown, kinds: Set<string>, depth: number): void {
  if (depth > 6 || typeof error !== 'object' || error === null) return;
  if (Array.isArray(error)) {
    for (const one of error.slice(0, 10)) collectKinds(one, kinds, depth + 1);
    return;
  }
  const { type, root_cause: causes, failed_shards: shards, reason, caused_by: cause } = error as ErrorKind;
  if (typeof type === 'string' && /^\w{1,80}$/.test(type)) kinds.add(type);
  for (const deeper of [causes, shards, reason, cause]) collectKinds(deeper, kinds, depth + 1);
}
