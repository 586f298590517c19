// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT_STEPSEAL_STREAM_OPEN } from '@stepseal/core/semconv';
import type { JsonObject } from '@stepseal/elastic';
import { SEALING_EVENTS } from '../story/sealing-events.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { byPlace, pages, sealedLine } from './documents.ts';
import { EVENT_FIELD, NUMBER_FIELD, STREAM_FIELD, windowQuery } from './index-query.ts';
import type { IndexReader } from './index-reader.ts';

/** How far a stream has come, by the searchable fields. */
export interface StreamEnd {
  readonly streamId: string;
  /** Highest number. */
  readonly last: number;
  /** Highest number of a sealing record: it was delivered after its note. */
  readonly covered: number;
}

const STREAMS_AT_ONCE = 1_000;

/** All streams that hold records of this time or later, in the order of their ids, which is that of their beginnings. */
export async function streamEnds(index: IndexReader, sinceMs?: number): Promise<StreamEnd[]> {
  const window = sinceMs === undefined ? undefined : { sinceMs, untilMs: Number.POSITIVE_INFINITY };
  const [query = { match_all: {} }] = windowQuery(window);
  const last = { max: { field: NUMBER_FIELD } };
  const sealing = { filter: { terms: { [EVENT_FIELD]: [...SEALING_EVENTS] } }, aggs: { last } };
  const ends: StreamEnd[] = [];
  for (let after: JsonObject | undefined; ; ) {
    const composite = {
      size: STREAMS_AT_ONCE,
      sources: [{ stream: { terms: { field: STREAM_FIELD } } }],
      ...(after !== undefined && { after }),
    };
    const aggs = { streams: { composite, aggs: { last, sealing } } };
    const { aggregations } = await index.search({ size: 0, track_total_hits: false, query, aggs });
    const buckets = (aggregations?.['streams']?.buckets ?? []) as unknown as readonly StreamBucket[];
    for (const bucket of buckets) {
      ends.push({ streamId: bucket.key.stream, last: bucket.last.value ?? 0, covered: bucket.sealing.last.value ?? 0 });
    }
    const end = buckets.at(-1);
    if (end === undefined || buckets.length < STREAMS_AT_ONCE) return ends;
    after = { stream: end.key.stream };
  }
}

interface StreamBucket {
  readonly key: { readonly stream: string };
  readonly last: { readonly value: number | null };
  readonly sealing: { readonly last: { readonly value: number | null } };
}

/** The open records of all streams, or of those that name this predecessor. */
export async function* openRecords(index: IndexReader, predecessor?: JsonObject): AsyncGenerator<ToldRecord> {
  const open = { term: { [EVENT_FIELD]: EVENT_STEPSEAL_STREAM_OPEN } };
  const query = { bool: { filter: predecessor === undefined ? [open] : [open, predecessor] } };
  for await (const hits of pages(index, { query, sort: byPlace('asc') })) {
    for (const hit of hits) {
      const record = sealedLine(hit)?.record;
      if (record?.eventName === EVENT_STEPSEAL_STREAM_OPEN) yield record;
    }
  }
}
