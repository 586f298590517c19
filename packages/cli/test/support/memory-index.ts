// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Answer, Server } from '@stepseal/elastic';

interface Stored {
  readonly index: string;
  readonly id: string;
  readonly stream: string;
  readonly number: number;
  readonly payload: string;
}

/** Documents of an audit stream in memory, answering the two searches of a reconciliation as Elasticsearch does. */
export class MemoryIndex implements Server {
  readonly searches: unknown[] = [];
  /** As for credentials that may not read that field. */
  hidesSealedBytes = false;
  #documents: Stored[] = [];

  get size(): number {
    return this.#documents.length;
  }

  /** As a bulk request with `create` does: an id that is there stays as it is. */
  create(attributes: Readonly<Record<string, unknown>>): void {
    const id = String(attributes['audit.integrity.hash']);
    if (this.#documents.some((document) => document.id === id)) return;
    this.#documents.push({
      index: 'one',
      id,
      stream: String(attributes['audit.sequence.stream_id']),
      number: Number(attributes['audit.sequence.number']),
      payload: String(attributes['audit.integrity.payload']),
    });
  }

  /** Sealed bytes by id. */
  snapshot(): Map<string, string> {
    return new Map(this.#documents.map(({ id, payload }): [string, string] => [id, payload]).sort());
  }

  delete(which: (document: Stored) => boolean): void {
    this.#documents = this.#documents.filter((document) => !which(document));
  }

  overwrite(which: (document: Stored) => boolean, payload: string): void {
    const first = this.#documents.find(which);
    this.#documents = this.#documents.map((document) => (document === first ? { ...document, payload } : document));
  }

  copyToNextIndex(which: (document: Stored) => boolean): void {
    this.#documents.push(...this.#documents.filter(which).map((document) => ({ ...document, index: 'two' })));
  }

  request(_method: string, _path: string, body?: object): Promise<Answer> {
    this.searches.push(body);
    const { query, aggs } = body as Search;
    if (aggs?.all !== undefined) return Promise.resolve({ status: 200, body: this.#streams() });
    const answer =
      query.ids === undefined ? this.#count(Object.values(query.terms)[0] ?? []) : this.#find(query.ids.values);
    return Promise.resolve({ status: 200, body: { timed_out: false, _shards: { failed: 0 }, ...answer } });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #find(ids: readonly string[]): object {
    const hits = this.#documents
      .filter(({ id }) => ids.includes(id))
      .map(({ id, index, payload }) => ({
        _id: id,
        _index: index,
        _source: this.hidesSealedBytes ? {} : { attributes: { 'audit.integrity.payload': payload } },
      }));
    return { hits: { total: { value: hits.length }, hits } };
  }

  #streams(): object {
    const ids = [...new Set(this.#documents.map(({ stream }) => stream))].sort();
    const buckets = ids.map((stream) => ({ key: { stream } }));
    return { hits: { total: { value: 0 }, hits: [] }, aggregations: { all: { buckets } } };
  }

  #count(streams: readonly string[]): object {
    const buckets = streams.flatMap((key) => {
      const found = this.#documents.filter(({ stream }) => stream === key);
      if (found.length === 0) return [];
      const all = found.map(({ number }) => number);
      const numbers = { min: Math.min(...all), max: Math.max(...all), sum: all.reduce((a, b) => a + b, 0) };
      const indices = { value: new Set(found.map(({ index }) => index)).size };
      return [{ key, doc_count: found.length, numbers, indices }];
    });
    return { hits: { total: { value: 0 }, hits: [] }, aggregations: { streams: { buckets } } };
  }
}

interface Search {
  readonly aggs?: { readonly all?: object };
  readonly query: {
    readonly ids?: { readonly values: readonly string[] };
    readonly terms: Readonly<Record<string, readonly string[]>>;
  };
}
