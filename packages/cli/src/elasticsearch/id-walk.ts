// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '@stepseal/elastic';
import { byTime } from './documents.ts';
import { ID_FIELD } from './index-query.ts';
import type { Hit, IndexReader } from './index-reader.ts';

/** Most documents of one answer; the server takes no more. */
export const MOST_AT_ONCE = 10_000;

/** Reads the ids of step-ups off the documents that match, the latest document first. */
export class IdWalk {
  /** Each once, in the order of their latest documents. */
  readonly ids: string[] = [];
  ended = false;
  readonly #index: IndexReader;
  readonly #query: JsonObject;
  readonly #seen = new Set<string>();
  #after: Hit['sort'] | undefined;

  constructor(index: IndexReader, query: JsonObject) {
    this.#index = index;
    this.#query = query;
  }

  async next(size: number): Promise<void> {
    const { hits } = await this.#index.search({
      size,
      query: this.#query,
      sort: byTime('desc'),
      // Without its stored fields, which are packed, a document costs next to nothing.
      stored_fields: '_none_',
      docvalue_fields: [ID_FIELD],
      // Without a count the server may stop at the latest.
      track_total_hits: false,
      ...(this.#after !== undefined && { search_after: [...this.#after] }),
    });
    for (const { fields } of hits.hits) {
      const id = fields?.[ID_FIELD]?.[0];
      if (typeof id !== 'string' || this.#seen.has(id)) continue;
      this.#seen.add(id);
      this.ids.push(id);
    }
    this.#after = hits.hits.at(-1)?.sort;
    this.ended = hits.hits.length < size;
  }

  async toEnd(): Promise<readonly string[]> {
    while (!this.ended) await this.next(MOST_AT_ONCE);
    return this.ids;
  }
}
