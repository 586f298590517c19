// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTR_STEP_UP_ID } from '@stepseal/core/semconv';
import type { FoundStepUps, Query } from '../search/archive.ts';
import { isAboutWords } from '../search/condition.ts';
import type { FoundLine } from '../search/found-line.ts';
import { type Gathered, gather, meetsInWindow } from '../search/gather.ts';
import { text } from '../story/told-record.ts';
import { byPlace, pages, sealedLine } from './documents.ts';
import { allOf, exists, ID_FIELD, recordQuery } from './index-query.ts';
import type { IndexReader } from './index-reader.ts';
import type { Ranking } from './latest-step-ups.ts';
import { rankStepUps } from './rank-step-ups.ts';
import { Unlike } from './unlike.ts';

/** Ids in one query. */
const IDS_AT_ONCE = 1_000;
/** The index finds words roughly; up to so many step-ups, those found are compared with what was sealed and counted. */
const WORDS_COMPARED = 1_000;

/**
 * Finds step-ups by the searchable fields of their documents, reads all documents of those found, and tells what was sealed
 * in them. What does not meet the filters by its sealed bytes is not told.
 */
export async function findStepUps(index: IndexReader, query: Query): Promise<Omit<FoundStepUps, 'empty'>> {
  const { filters, window, limit } = query;
  const words = filters.some(isAboutWords);
  const ranking = await rankStepUps(index, words ? { ...query, limit: Math.max(limit, WORDS_COMPARED) } : query);
  const unlike = new Unlike();
  const lines = await linesOf(index, ranking.ids, unlike);
  const gathered = gather(lines, filters, window);
  if (words) {
    const loose = await countLoose(index, query, ranking.loose);
    return { ...comparedCount(ranking, gathered, limit), loose, unread: unlike.sentences() };
  }
  const { stories } = gathered;
  // What was open when it was found may have ended before it was read.
  if (!filters.some(({ absent }) => absent)) unlike.stepUps += ranking.ids.length - stories.length;
  const matched = ranking.matched - (ranking.ids.length - stories.length);
  return { stories, matched, counted: ranking.counted, loose: ranking.loose, unread: unlike.sentences() };
}

/** All records of these step-ups that the index finds under their ids. */
async function linesOf(index: IndexReader, ids: readonly string[], unlike: Unlike): Promise<FoundLine[]> {
  const asked = new Set(ids);
  const lines: FoundLine[] = [];
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const query = { terms: { [ID_FIELD]: ids.slice(at, at + IDS_AT_ONCE) } };
    for await (const hits of pages(index, { query, sort: byPlace('asc') })) {
      for (const hit of hits) {
        const line = sealedLine(hit);
        const id = line && text(line.record, ATTR_STEP_UP_ID);
        if (line === undefined || id === undefined || !asked.has(id)) unlike.records += 1;
        else lines.push(line);
      }
    }
  }
  return lines;
}

/** The latest of those that hold the words indeed. */
function comparedCount(
  { ids, matched, counted }: Ranking,
  { stories, metMs }: Gathered,
  limit: number,
): Pick<FoundStepUps, 'stories' | 'matched' | 'counted'> {
  const latest = [...stories].sort((a, b) => (metMs.get(b.id) ?? 0) - (metMs.get(a.id) ?? 0)).slice(0, limit);
  const shown = new Set(latest);
  const all = counted === 'exactly' && ids.length === matched;
  return {
    stories: stories.filter((story) => shown.has(story)),
    matched: all ? stories.length : Math.max(stories.length, latest.length),
    counted: all ? 'exactly' : 'at least',
  };
}

/** Of those documents that meet all filters by themselves and belong to no step-up, those that hold the words indeed. */
async function countLoose(index: IndexReader, { filters, window }: Query, found: number): Promise<number> {
  if (found === 0) return 0;
  const query = allOf(
    filters.map((filter) => recordQuery(filter, window)),
    [exists(ID_FIELD)],
  );
  let count = 0;
  for await (const hits of pages(index, { query, sort: byPlace('asc') })) {
    for (const line of hits.map(sealedLine)) {
      if (line === undefined || text(line.record, ATTR_STEP_UP_ID) !== undefined) continue;
      if (filters.every((filter) => meetsInWindow(line.bytes, line.record, filter.line, window))) count += 1;
    }
  }
  return count;
}
