// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { FoundRecords, Query, Tally } from '../search/archive.ts';
import { isAboutWords } from '../search/condition.ts';
import { meetsInWindow } from '../search/gather.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { byTime, PAGE, type PagesRequest, pages, sealedLine } from './documents.ts';
import { MOST_AT_ONCE } from './id-walk.ts';
import { allOf, exists, recordQuery, STREAM_FIELD, windowQuery } from './index-query.ts';
import type { Hit, IndexReader } from './index-reader.ts';
import { Unlike } from './unlike.ts';

/** Documents that are looked at for a text, at most, where not all are asked for. */
const WORDS_COMPARED = 10_000;

export interface FoundInIndex extends Pick<FoundRecords, 'records'> {
  tally(): Promise<Omit<Tally, 'empty'>>;
}

/** Finds single records by the searchable fields of their documents, and tells what was sealed in them. */
export async function findRecords(index: IndexReader, query: Query, newestFirst: boolean): Promise<FoundInIndex> {
  const words = query.filters.some(isAboutWords);
  const found = new RecordsOfIndex(index, query);
  if (words && query.limit < WORDS_COMPARED) return found.compared(newestFirst);
  return found.streamed(newestFirst, words);
}

type Pages = AsyncIterable<readonly Hit[]>;

async function* once(hits: readonly Hit[]): AsyncGenerator<readonly Hit[]> {
  yield hits;
}

class RecordsOfIndex {
  readonly #index: IndexReader;
  readonly #query: Query;
  readonly #documents: ReturnType<typeof allOf>;

  constructor(index: IndexReader, query: Query) {
    this.#index = index;
    this.#query = query;
    const { filters, window } = query;
    const conditions = filters.map((filter) => recordQuery(filter, window));
    this.#documents = allOf(conditions.length > 0 ? conditions : [exists(STREAM_FIELD), ...windowQuery(window)]);
  }

  /** The index finds words roughly: all that it found are compared, up to a bound, and the latest kept. */
  async compared(newestFirst: boolean): Promise<FoundInIndex> {
    const kept: ToldRecord[] = [];
    const unlike = new Unlike();
    let [looked, matched, counted]: [number, number, Tally['counted']] = [0, 0, 'exactly'];
    const look = (): void => void (looked += 1);
    for await (const record of this.#told(pages(this.#index, this.#request('desc')), unlike, look)) {
      matched += 1;
      if (kept.length < this.#query.limit) kept.push(record);
      if (looked < WORDS_COMPARED) continue;
      counted = 'at least';
      break;
    }
    if (!newestFirst) kept.reverse();
    return {
      async *records() {
        yield* kept;
      },
      tally: () => Promise.resolve({ matched, counted, loose: 0, unread: [] }),
    };
  }

  /** The index has counted exactly; documents come page by page, however many there are. */
  async streamed(newestFirst: boolean, words: boolean): Promise<FoundInIndex> {
    const { limit } = this.#query;
    const told = this.#told.bind(this);
    const read = (): Pages => pages(this.#index, this.#request(newestFirst ? 'desc' : 'asc', expected, start));
    const latest = !newestFirst && limit <= PAGE ? this.#latest(limit) : undefined;
    const [total, kept] = await Promise.all([this.#index.count(this.#documents), latest]);
    const start = !newestFirst && kept === undefined && limit < total ? await this.#before(limit) : undefined;
    const expected = Math.min(total, limit);
    let given = 0;
    let looked = 0;
    let unlike = new Unlike();
    return {
      async *records() {
        [given, looked, unlike] = [0, 0, new Unlike()];
        const look = (): void => void (looked += 1);
        const found = kept === undefined ? read() : once(kept);
        for await (const record of told(found, unlike, look)) {
          given += 1;
          yield record;
        }
      },
      tally: async () => ({
        matched: total - (Math.min(looked, expected) - given),
        counted: words && limit < total ? 'about' : 'exactly',
        loose: 0,
        unread: words ? [] : unlike.sentences(),
      }),
    };
  }

  #request(order: 'asc' | 'desc', most?: number, after?: Hit['sort']): PagesRequest {
    return { query: this.#documents, sort: byTime(order), most, after };
  }

  async *#told(found: Pages, unlike: Unlike, look: () => void): AsyncGenerator<ToldRecord> {
    const { filters, window } = this.#query;
    let last: string | undefined;
    for await (const hits of found) {
      for (const hit of hits) {
        look();
        const line = sealedLine(hit);
        const met = line && filters.every((filter) => meetsInWindow(line.bytes, line.record, filter.line, window));
        if (line === undefined || met !== true) unlike.records += 1;
        // A second copy, in another index of the stream, tells nothing new.
        else if (line.record.hash !== last) {
          last = line.record.hash;
          yield line.record;
        }
      }
    }
  }

  /** The latest documents, oldest first. */
  async #latest(limit: number): Promise<readonly Hit[]> {
    for await (const hits of pages(this.#index, this.#request('desc', limit))) return hits.toReversed();
    return [];
  }

  /** Where to begin so that `count` documents follow. */
  async #before(count: number): Promise<Hit['sort'] | undefined> {
    let after: Hit['sort'] | undefined;
    for (let left = count + 1; left > 0; left -= MOST_AT_ONCE) {
      const { hits } = await this.#index.search({
        size: Math.min(left, MOST_AT_ONCE),
        query: this.#documents,
        sort: byTime('desc'),
        stored_fields: '_none_',
        track_total_hits: false,
        ...(after !== undefined && { search_after: [...after] }),
      });
      after = hits.hits.at(-1)?.sort;
    }
    return after;
  }
}
