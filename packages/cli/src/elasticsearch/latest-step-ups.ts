// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '@stepseal/elastic';
import type { Query } from '../search/archive.ts';
import { FIRST_PAGE, IdWalk } from './id-walk.ts';
import { allOf, exists, ID_FIELD, ofStepUps } from './index-query.ts';
import type { IndexReader } from './index-reader.ts';

/** Up to so many step-ups are counted exactly. */
export const COUNTED = 10_000;
/** Beyond so many the estimate is off by a percent or so; four times as many would cost half as much again. */
const PRECISION = 10_000;

/** Ids of step-ups, those first whose matching records are the latest, and how many there are. */
export interface Ranking {
  readonly ids: readonly string[];
  readonly matched: number;
  readonly counted: 'exactly' | 'about' | 'at least';
  /** Documents that meet everything by themselves and belong to no step-up. */
  readonly loose: number;
}

/** The step-ups that one condition finds. Whether there are few documents is known at once, and says how to go on. */
export async function latestStepUps(
  index: IndexReader,
  query: JsonObject,
  { window, limit }: Pick<Query, 'window' | 'limit'>,
): Promise<Ranking> {
  const documents = await index.count(query, COUNTED + 1);
  if (documents <= FIRST_PAGE) {
    const walk = new IdWalk(index, query, 'whole');
    const ids = documents === 0 ? [] : await walk.toEnd();
    return { ids: ids.slice(0, limit), matched: ids.length, counted: 'exactly', loose: walk.loose };
  }
  const few = documents <= COUNTED;
  const walk = new IdWalk(index, ofStepUps(query), few ? 'whole' : window);
  // One after the other: a single question keeps as many processors of the server busy as there are indices.
  const { number, loose } = few ? await count(index, query) : await estimate(index, query);
  await walk.first(limit);
  // Many documents of few step-ups.
  if (!few && number <= COUNTED) await walk.toEnd();
  return {
    ids: walk.ids.slice(0, limit),
    matched: walk.ended ? walk.ids.length : Math.max(number, walk.ids.length),
    counted: few || walk.ended ? 'exactly' : 'about',
    loose,
  };
}

interface Counts extends Pick<Ranking, 'loose'> {
  /** Of step-ups. */
  readonly number: number;
}

/** Each document is of a step-up of its own but those that share one, which are all that the server lists. */
async function count(index: IndexReader, query: JsonObject): Promise<Counts> {
  // By what stands in the documents: the numbers of all ids would have to be made anew whenever one was added. Each index of
  // the stream lists all of its own, since one document may lie here and the other there.
  const listed = { execution_hint: 'map', min_doc_count: 2, size: COUNTED, shard_size: COUNTED };
  const { hits, aggregations } = await index.search({
    size: 0,
    track_total_hits: true,
    query,
    aggs: { shared: { terms: { field: ID_FIELD, ...listed } }, loose: { missing: { field: ID_FIELD } } },
  });
  const shared = aggregations?.['shared']?.buckets ?? [];
  const loose = aggregations?.['loose']?.doc_count ?? 0;
  const again = shared.reduce((sum, bucket) => sum + bucket.doc_count - 1, 0);
  return { number: (hits.total?.value ?? 0) - loose - again, loose };
}

async function estimate(index: IndexReader, query: JsonObject): Promise<Counts> {
  const loose = await index.count(allOf([query], [exists(ID_FIELD)]));
  const { aggregations } = await index.search({
    size: 0,
    track_total_hits: false,
    query,
    aggs: { ids: { cardinality: { field: ID_FIELD, precision_threshold: PRECISION } } },
  });
  return { number: aggregations?.['ids']?.value ?? 0, loose };
}
