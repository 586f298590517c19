// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SEALING_EVENTS } from '../story/sealing-events.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { SEALED_BYTES, sealedLine } from './documents.ts';
import { allOf, EVENT_FIELD, NUMBER_FIELD, STREAM_FIELD } from './index-query.ts';
import type { IndexReader } from './index-reader.ts';

const AT_ONCE = 100;

/**
 * Says of each record which sealing record seals it: the next one of its stream. Records behind the last one are left as
 * they are.
 */
export async function findSeals(index: IndexReader, records: readonly ToldRecord[]): Promise<void> {
  for (const stream of new Set(records.map((record) => record.stream))) {
    const own = records.filter((record) => record.stream === stream).sort((a, b) => a.number - b.number);
    for (let at = 0; at < own.length; ) {
      const seals = await sealsFrom(index, stream, own[at]?.number ?? 0);
      const last = seals.at(-1);
      if (last === undefined) break;
      for (let record = own[at]; record !== undefined && record.number <= last; record = own[++at]) {
        const { number } = record;
        record.sealedBy = seals.find((seal) => seal >= number) ?? last;
      }
    }
  }
}

/** Numbers of the next sealing records of a stream, in order. */
async function sealsFrom(index: IndexReader, stream: string, number: number): Promise<number[]> {
  const { hits } = await index.search({
    size: AT_ONCE,
    query: allOf([
      { term: { [STREAM_FIELD]: stream } },
      { terms: { [EVENT_FIELD]: [...SEALING_EVENTS] } },
      { range: { [NUMBER_FIELD]: { gte: number } } },
    ]),
    sort: [{ [NUMBER_FIELD]: { order: 'asc', unmapped_type: 'long' } }],
    _source: [...SEALED_BYTES],
    track_total_hits: false,
  });
  const sealing = hits.hits.flatMap((hit) => sealedLine(hit)?.record ?? []);
  return sealing
    .filter((one) => one.stream === stream && one.number >= number && SEALING_EVENTS.has(one.eventName))
    .map((one) => one.number)
    .sort((a, b) => a - b);
}
