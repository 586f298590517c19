// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Elasticsearch } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

export const DATA_STREAM = 'logs-stepseal.audit.otel-default';

export interface Document {
  readonly index: string;
  readonly id: string;
  readonly stream: string;
  readonly number: number;
}

/** All documents of a data stream, as far as a search gives them out. */
export async function documents(store: Elasticsearch): Promise<Document[]> {
  await store.call('POST', `/${DATA_STREAM}/_refresh`);
  const { status, body } = await store.call('POST', `/${DATA_STREAM}/_search`, { size: 10_000 });
  // Not there yet, or not ready.
  if (status !== 200) return [];
  return (body as Answer).hits.hits.map(({ _id, _index, _source }) => ({
    id: _id,
    index: _index,
    stream: String(_source.attributes['audit.sequence.stream_id']),
    number: Number(_source.attributes['audit.sequence.number']),
  }));
}

/** Waits until there are so many. */
export function documentsOnceThere(store: Elasticsearch, count: number): Promise<Document[]> {
  return until(
    `${count} documents`,
    () => documents(store),
    (found) => found.length >= count,
  );
}

/** Takes documents away, as somebody with all rights can. */
export async function lose(store: Elasticsearch, lost: readonly Document[]): Promise<void> {
  for (const { index, id } of lost) await store.call('DELETE', `/${index}/_doc/${id}`);
  await store.call('POST', `/${DATA_STREAM}/_refresh`);
}

interface Answer {
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string;
      readonly _index: string;
      readonly _source: { readonly attributes: Readonly<Record<string, unknown>> };
    }[];
  };
}
