// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Elasticsearch } from '../../support/parts.ts';
import type { Document } from './exported.ts';
import { parseLossless } from './lossless-json.ts';

export interface Stored {
  readonly index: string;
  readonly id: string;
  readonly seqNo: number;
  readonly primaryTerm: number;
  readonly source: Document;
}

interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: Document;
}

const PREFIX = 'logs-stepseal.audit.otel-';

/** A data stream with the documents of one variant at a time, and what somebody with all rights can do to it. */
export class RowStream {
  readonly name: string;
  readonly store: Elasticsearch;
  /** More was changed than documents: it is used for no other variant. */
  spent = false;
  readonly #headers: Record<string, string>;

  constructor(store: Elasticsearch, namespace: string) {
    this.store = store;
    this.name = `${PREFIX}${namespace}`;
    const authorization = `Basic ${Buffer.from(`elastic:${store.password}`).toString('base64')}`;
    this.#headers = { authorization, 'content-type': 'application/json' };
  }

  get namespace(): string {
    return this.name.slice(PREFIX.length);
  }

  /** Another data stream whose name begins with the name of this one. */
  sibling(suffix: string): RowStream {
    return new RowStream(this.store, `${this.namespace}${suffix}`);
  }

  /** A request that has to succeed. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.store.url}${path}`, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return parseLossless(text);
  }

  /** Changes what is no document. */
  async administer(method: string, path: string, body?: unknown): Promise<unknown> {
    this.spent = true;
    return await this.call(method, path, body);
  }

  /** Creates documents under these ids, in the data stream or in an index of any name. */
  async create(documents: Iterable<readonly [id: string, source: unknown]>, index: string = this.name): Promise<void> {
    if (index !== this.name) this.spent = true;
    await this.#bulk([...documents].flatMap(([id, source]) => [{ create: { _index: index, _id: id } }, source]));
  }

  /** Makes these documents the only ones, whatever was there. */
  async hold(documents: ReadonlyMap<string, unknown>): Promise<void> {
    const there = await this.all();
    const wrong = there.filter(({ id, source }) => JSON.stringify(source) !== JSON.stringify(documents.get(id)));
    const known = new Set(there.map(({ id }) => id));
    await this.#bulk([
      ...wrong.flatMap(({ index, id, seqNo, primaryTerm }) => {
        const source = documents.get(id);
        const place = { _index: index, _id: id, if_seq_no: seqNo, if_primary_term: primaryTerm };
        return source === undefined ? [{ delete: place }] : [{ index: place }, source];
      }),
      ...[...documents].flatMap(([id, source]) =>
        known.has(id) ? [] : [{ create: { _index: this.name, _id: id } }, source],
      ),
    ]);
  }

  async remove(documents: readonly Stored[]): Promise<void> {
    await this.#bulk(documents.map(({ index, id }) => ({ delete: { _index: index, _id: id } })));
  }

  async #bulk(lines: readonly unknown[]): Promise<void> {
    if (lines.length === 0) return;
    const response = await fetch(`${this.store.url}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
    const answer = (await response.json()) as { readonly errors: boolean };
    if (!response.ok || answer.errors) {
      throw new Error(`_bulk answered ${response.status}: ${JSON.stringify(answer).slice(0, 800)}`);
    }
  }

  /** Every document of the data stream, or of an index. */
  async all(index: string = this.name): Promise<readonly Stored[]> {
    const body = { size: 10_000, query: { match_all: {} }, seq_no_primary_term: true };
    const path = `/${index}/_search?ignore_unavailable=true`;
    const answer = (await this.call('POST', path, body)) as { hits: { hits: readonly Hit[] } };
    return answer.hits.hits.map(({ _index, _id, _seq_no, _primary_term, _source }) => ({
      index: _index,
      id: _id,
      seqNo: _seq_no,
      primaryTerm: _primary_term,
      source: _source,
    }));
  }

  /** Writes another source over a document where it lies: in its backing index, which data streams allow by sequence number. */
  async overwrite({ index, id, seqNo, primaryTerm }: Stored, source: unknown, query = ''): Promise<void> {
    const path = `/${index}/_doc/${id}?if_seq_no=${seqNo}&if_primary_term=${primaryTerm}&refresh=true${query}`;
    await this.call('PUT', path, source);
  }

  async rollover(): Promise<void> {
    await this.administer('POST', `/${this.name}/_rollover`);
  }

  /** The index that is written to. */
  async writeIndex(): Promise<string> {
    const [first] = [...(await this.indices())].reverse();
    if (first === undefined) throw new Error(`${this.name} has no index`);
    return first;
  }

  async indices(): Promise<readonly string[]> {
    return Object.keys((await this.call('GET', `/${this.name}/_settings`)) as object).sort();
  }
}
