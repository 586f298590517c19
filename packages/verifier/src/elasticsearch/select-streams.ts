// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { VerifierError } from '../errors.ts';
import { list, member } from '../sources/json-member.ts';
import { ask } from './ask.ts';
import { isPartial, type PointInTime } from './pages.ts';

/** A part of the time, ms; from `since` on, before `until`. */
export interface TimeRange {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

const STREAM = 'attributes.audit.sequence.stream_id';
const PREDECESSOR = 'attributes.stepseal.predecessor.stream_id';
/** Values in one question; a server takes 65,536. */
const AT_ONCE = 10_000;
/** Answers in one page. */
const PAGE = 1_000;
/** No stream lives longer, ms. */
const STREAM_MS = 86_400_000;
/** What 48 bits hold, ms. */
const LAST_MS = 2 ** 48 - 1;

/** Values between two, in their order; neither is one of them. */
interface Between {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/**
 * The queries that find every stream with a record of the time, whole, and what else is of that time. Beside them come the
 * streams that these rest on: what ended before a stream that was opened within the time, and what followed on one of it.
 *
 * What documents say of their time somebody may have changed, and of a stream that is not read nobody would see it. So every
 * stream is read that may reach into the time by the time in its id: without that, its neighbours miss it.
 *
 * @throws VerifierError `SOURCE_UNREADABLE`
 */
export async function queriesOf(client: Client, point: PointInTime, range: TimeRange): Promise<readonly object[]> {
  const ofTime = { range: { '@timestamp': bounds(range) } };
  const ids = new Set(await valuesOf(client, point, STREAM, ofTime));
  for (const id of await valuesOf(client, point, STREAM, { match_all: {} }, idsOf(range))) ids.add(id);
  if (range.since !== undefined) await addPredecessors(client, point, ids, range.since);
  if (range.until !== undefined) await addSuccessors(client, point, ids);
  const streams = chunksOf([...ids].sort()).map((chunk) => ({ terms: { [STREAM]: chunk } }));
  const strangers = { bool: { filter: [ofTime], must_not: [{ exists: { field: STREAM } }] } };
  return [...streams, strangers];
}

/** A stream opened within the time names one that may have ended long before it. */
async function addPredecessors(client: Client, point: PointInTime, ids: Set<string>, since: number): Promise<void> {
  for (let fresh = [...ids]; fresh.length > 0; ) {
    const found: string[] = [];
    for (const chunk of chunksOf(fresh)) {
      const opened = { range: { '@timestamp': bounds({ since }) } };
      const filter = [{ terms: { [STREAM]: chunk } }, opened];
      found.push(...(await valuesOf(client, point, PREDECESSOR, { bool: { filter } })));
    }
    fresh = found.filter((id) => !ids.has(id));
    for (const id of fresh) ids.add(id);
  }
}

/** What a crash left is pinned by the stream that followed. */
async function addSuccessors(client: Client, point: PointInTime, ids: Set<string>): Promise<void> {
  for (const chunk of chunksOf([...ids])) {
    for (const id of await valuesOf(client, point, STREAM, { terms: { [PREDECESSOR]: chunk } })) ids.add(id);
  }
}

/** Ids of streams that may have a record of the time: UUIDv7, which begin with the time at which they were made. */
function idsOf({ since, until }: TimeRange): Between {
  return {
    after: since === undefined ? undefined : idAt(since - STREAM_MS),
    before: until === undefined ? undefined : idAt(until),
  };
}

/** What no id made before a time is behind, and none made then or later before. */
function idAt(timeMs: number): string {
  const digits = Math.min(Math.max(0, Math.floor(timeMs)), LAST_MS)
    .toString(16)
    .padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

/** All values of a keyword in the documents that a query finds. */
async function valuesOf(
  client: Client,
  point: PointInTime,
  field: string,
  query: object,
  between: Between = {},
): Promise<string[]> {
  const values: string[] = [];
  for (let after: unknown = between.after === undefined ? undefined : { value: between.after }; ; ) {
    const composite = { size: PAGE, sources: [{ value: { terms: { field } } }], ...(after !== undefined && { after }) };
    const body = { size: 0, query, pit: { id: point.id }, track_total_hits: false, aggs: { values: { composite } } };
    const answer = await ask(client, 'POST', '/_search', JSON.stringify(body));
    if (answer.status === 404)
      throw new VerifierError('SOURCE_UNREADABLE', 'Elasticsearch let go of the moment being read.');
    point.partial ||= isPartial(answer.body);
    const found = member(member(answer.body, 'aggregations'), 'values');
    const buckets = list(found, 'buckets');
    for (const bucket of buckets) {
      const value = String(member(member(bucket, 'key'), 'value'));
      if (between.before !== undefined && value >= between.before) return values;
      values.push(value);
    }
    after = member(found, 'after_key');
    if (after === undefined || buckets.length < PAGE) return values;
  }
}

function bounds({ since, until }: TimeRange): object {
  return { ...(since !== undefined && { gte: iso(since) }), ...(until !== undefined && { lt: iso(until) }) };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function chunksOf(ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, at) =>
    ids.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}
