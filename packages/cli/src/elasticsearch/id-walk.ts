// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '@stepseal/elastic';
import type { TimeWindow } from '../search/scan-segment.ts';
import { byTime } from './documents.ts';
import { allOf, ID_FIELD, windowQuery } from './index-query.ts';
import type { Hit, IndexReader } from './index-reader.ts';

/** Most documents of one answer; the server takes no more. */
export const MOST_AT_ONCE = 10_000;
export const FIRST_PAGE = 500;

const SHORTEST_MS = 3_600_000;
const LONGEST_MS = 10 * 365 * 86_400_000;
const TIMES_LONGER = 8;

/**
 * Reads the ids of step-ups off the documents that match, the latest document first. To find the latest, the server puts all
 * in order, so it is asked for those of the last hour first, then of ever longer times.
 */
export class IdWalk {
  /** Each once, in the order of their latest documents. */
  readonly ids: string[] = [];
  /** Documents that belong to no step-up. */
  loose = 0;
  ended = false;
  readonly #index: IndexReader;
  readonly #query: JsonObject;
  readonly #beginnings: number[];
  readonly #seen = new Set<string>();
  #after: Hit['sort'] | undefined;

  /** @param window of the query; `whole` where so few match that they are put in order at once */
  constructor(index: IndexReader, query: JsonObject, window: TimeWindow | undefined | 'whole') {
    this.#index = index;
    this.#query = query;
    this.#beginnings = window === 'whole' ? [] : beginningsIn(window);
  }

  /** Reads until so many are found, or all. */
  async first(count: number): Promise<void> {
    let size = FIRST_PAGE;
    while (!this.ended && this.ids.length < count) if (await this.next(size)) size = MOST_AT_ONCE;
  }

  /** @returns whether there were as many */
  async next(size: number): Promise<boolean> {
    const [sinceMs] = this.#beginnings;
    const since = windowQuery(sinceMs === undefined ? undefined : { sinceMs, untilMs: Number.POSITIVE_INFINITY });
    const { hits } = await this.#index.search({
      size,
      query: allOf([this.#query, ...since]),
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
      if (typeof id !== 'string') this.loose += 1;
      else if (!this.#seen.has(id)) {
        this.#seen.add(id);
        this.ids.push(id);
      }
    }
    this.#after = hits.hits.at(-1)?.sort ?? this.#after;
    if (hits.hits.length === size) return true;
    this.ended = sinceMs === undefined;
    this.#beginnings.shift();
    return false;
  }

  async toEnd(): Promise<readonly string[]> {
    while (!this.ended) await this.next(MOST_AT_ONCE);
    return this.ids;
  }
}

/** Beginnings of ever longer parts of a time; each lasts to its end, and what is later than now lies in the first. */
function beginningsIn(window: TimeWindow | undefined): number[] {
  const { sinceMs = 0, untilMs = Number.POSITIVE_INFINITY } = window ?? {};
  const endMs = Math.min(untilMs, Date.now());
  const beginnings: number[] = [];
  for (let lengthMs = SHORTEST_MS; lengthMs < LONGEST_MS; lengthMs *= TIMES_LONGER) beginnings.push(endMs - lengthMs);
  return beginnings.filter((beginning) => beginning > Math.max(sinceMs, 0));
}
