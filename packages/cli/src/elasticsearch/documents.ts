// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { JsonObject } from '@stepseal/elastic';
import { type FoundLine, toldRecord } from '../search/found-line.ts';
import { NUMBER_FIELD, PAYLOAD_ATTRIBUTE, STREAM_FIELD, TIME_FIELD } from './index-query.ts';
import { type Hit, type IndexReader } from './index-reader.ts';

/** Documents of one answer. A record of ours has at most 64 KiB, one of others 2 MiB. */
export const PAGE = 500;

/** Of all that a document holds, only the sealed bytes are read. */
export const SEALED_BYTES: readonly string[] = [`attributes.${PAYLOAD_ATTRIBUTE}`];

/** By time, then by place. Times are texts: as numbers they would be rounded on the way. */
export function byTime(order: 'asc' | 'desc'): JsonObject[] {
  const time = {
    order,
    format: 'strict_date_optional_time_nanos',
    numeric_type: 'date_nanos',
    unmapped_type: 'date_nanos',
  };
  return [{ [TIME_FIELD]: time }, ...byPlace(order)];
}

/** By stream and number, which is how the index lies. */
export function byPlace(order: 'asc' | 'desc'): JsonObject[] {
  return [
    { [STREAM_FIELD]: { order, unmapped_type: 'keyword' } },
    { [NUMBER_FIELD]: { order, unmapped_type: 'long' } },
  ];
}

export interface PagesRequest {
  readonly query: JsonObject;
  readonly sort: readonly JsonObject[];
  /** Sort values of the document to begin behind. */
  readonly after?: Hit['sort'] | undefined;
  /** Default all. */
  readonly most?: number | undefined;
}

/** All documents that match, or the first of them, in an order, page by page. */
export async function* pages(
  index: IndexReader,
  { query, sort, after: start, most = Number.POSITIVE_INFINITY }: PagesRequest,
): AsyncGenerator<readonly Hit[]> {
  let after = start;
  for (let left = most; left > 0; ) {
    const size = Math.min(PAGE, left);
    const { hits } = await index.search({
      size,
      query,
      sort: [...sort],
      _source: [...SEALED_BYTES],
      track_total_hits: false,
      ...(after !== undefined && { search_after: [...after] }),
    });
    if (hits.hits.length > 0) yield hits.hits;
    after = hits.hits.at(-1)?.sort;
    if (hits.hits.length < size) return;
    left -= size;
  }
}

/** What was sealed, as a document carries it; undefined where it carries no record. */
export function sealedLine({ _source }: Hit): FoundLine | undefined {
  const payload = _source?.attributes?.[PAYLOAD_ATTRIBUTE];
  if (typeof payload !== 'string') return undefined;
  const bytes = Buffer.from(payload);
  const record = toldRecord(bytes);
  return record && { bytes, record };
}
