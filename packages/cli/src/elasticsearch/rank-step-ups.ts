// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '@stepseal/elastic';
import type { Query } from '../search/archive.ts';
import { FIRST_PAGE, IdWalk, MOST_AT_ONCE } from './id-walk.ts';
import { allOf, exists, ID_FIELD, ofStepUps, oneOf, recordQuery, TIME_FIELD, windowQuery } from './index-query.ts';
import type { Bucket, IndexReader } from './index-reader.ts';
import { COUNTED, latestStepUps, type Ranking } from './latest-step-ups.ts';

/** Below the server's limit of ids in a query and of buckets in an answer. */
const CHECKED_AT_ONCE = 2_000;

/**
 * Finds the ids of step-ups by the searchable fields. A single condition is answered by the latest documents that meet it.
 * Several may be met by different documents: then the rarest one says which step-ups come into question; where all are
 * common, the latest documents that meet any of them do, until there are enough.
 */
export async function rankStepUps(index: IndexReader, { filters, window, limit }: Query): Promise<Ranking> {
  const wanted = filters.filter(({ absent }) => !absent).map((filter) => recordQuery(filter, window));
  const unwanted = filters.filter(({ absent }) => absent).map((filter) => recordQuery(filter, window));
  const [only = ofStepUps(allOf(windowQuery(window)))] = wanted;
  if (wanted.length < 2 && unwanted.length === 0) return latestStepUps(index, only, { window, limit });
  const [loose, ...counts] = await Promise.all([
    // What is demanded and not ended is said of step-ups alone.
    unwanted.length === 0 ? index.count(allOf(wanted, [exists(ID_FIELD)])) : 0,
    ...wanted.map((query) => index.count(ofStepUps(query), COUNTED + 1)),
  ]);
  const fewest = Math.min(...counts);
  const rarest = wanted[counts.indexOf(fewest)];
  const check = (ids: readonly string[]): Promise<Ranked[]> => ranked(index, ids, wanted, unwanted);
  const few = fewest > COUNTED && unwanted.length > 0 ? await withoutAny(index, wanted, unwanted) : undefined;
  if (few !== undefined) return { ...exactly(await check(few), limit), loose };
  if (rarest === undefined || fewest > COUNTED) {
    return { ...(await latestOfAll(new IdWalk(index, ofStepUps(oneOf(wanted)), window), check, limit)), loose };
  }
  const walk = new IdWalk(index, ofStepUps(rarest), 'whole');
  return { ...exactly(await check(await walk.toEnd()), limit), loose };
}

function exactly(found: Ranked[], limit: number): Omit<Ranking, 'loose'> {
  const ids = found.sort((a, b) => b.timeMs - a.timeMs).map(({ id }) => id);
  return { ids: ids.slice(0, limit), matched: ids.length, counted: 'exactly' };
}

/**
 * Step-ups of which no document meets what is not wanted: those come first when they are put in order of how many do.
 * Each index of the stream does that by itself, so that more may be given than there are. Undefined where there are many.
 */
async function withoutAny(
  index: IndexReader,
  wanted: readonly JsonObject[],
  unwanted: readonly JsonObject[],
): Promise<readonly string[] | undefined> {
  const terms = { field: ID_FIELD, size: COUNTED, shard_size: COUNTED, order: { unwanted: 'asc' } };
  const { aggregations } = await index.search({
    size: 0,
    track_total_hits: false,
    query: oneOf([...wanted, ...unwanted]),
    aggs: { ids: { terms, aggs: { unwanted: { filter: oneOf(unwanted) } } } },
  });
  const ids = (aggregations?.['ids']?.buckets ?? []).filter((bucket) => !isMet(bucket, 'unwanted'));
  return ids.length < COUNTED ? ids.map(({ key }) => key) : undefined;
}

async function latestOfAll(
  walk: IdWalk,
  check: (ids: readonly string[]) => Promise<Ranked[]>,
  limit: number,
): Promise<Omit<Ranking, 'loose'>> {
  const ids: string[] = [];
  let checked = 0;
  for (let size = FIRST_PAGE; !walk.ended && ids.length <= limit; size = Math.min(size * 4, MOST_AT_ONCE)) {
    await walk.next(size);
    const met = new Set((await check(walk.ids.slice(checked))).map(({ id }) => id));
    // The walk's order is that of the latest documents.
    ids.push(...walk.ids.slice(checked).filter((id) => met.has(id)));
    checked = walk.ids.length;
  }
  return { ids: ids.slice(0, limit), matched: ids.length, counted: walk.ended ? 'exactly' : 'at least' };
}

interface Ranked {
  readonly id: string;
  readonly timeMs: number;
}

/** Of these step-ups, those that meet everything, each with the time of its latest document that meets anything. */
async function ranked(
  index: IndexReader,
  ids: readonly string[],
  wanted: readonly JsonObject[],
  unwanted: readonly JsonObject[],
): Promise<Ranked[]> {
  const found: Ranked[] = [];
  for (let at = 0; at < ids.length; at += CHECKED_AT_ONCE) {
    const some = ids.slice(at, at + CHECKED_AT_ONCE);
    const conditions = [...wanted, ...unwanted].map((query, bit) => [`met${bit}`, { filter: query }] as const);
    const latest = { filter: oneOf(wanted), aggs: { time: { max: { field: TIME_FIELD } } } };
    const { aggregations } = await index.search({
      size: 0,
      track_total_hits: false,
      query: { terms: { [ID_FIELD]: some } },
      aggs: {
        ids: {
          terms: { field: ID_FIELD, size: some.length, include: some },
          aggs: { ...Object.fromEntries(conditions), latest },
        },
      },
    });
    for (const bucket of aggregations?.['ids']?.buckets ?? []) {
      if (!conditions.every(([name], bit) => isMet(bucket, name) === bit < wanted.length)) continue;
      const { time } = bucket['latest'] as { readonly time?: { readonly value?: number | null } };
      found.push({ id: bucket.key, timeMs: Math.floor(time?.value ?? 0) });
    }
  }
  return found;
}

function isMet(bucket: Bucket, name: string): boolean {
  return (bucket[name] as { readonly doc_count?: number } | undefined)?.doc_count !== 0;
}
