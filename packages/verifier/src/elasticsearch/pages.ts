// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { VerifierError } from '../errors.ts';
import { list, member } from '../sources/json-member.ts';
import { AnswerBuffer, AnswerTooLarge } from './answer-buffer.ts';
import { ask, askForBytes, parsedBody, type Room } from './ask.ts';
import { cutPage, type HitText, type PageText } from './page-text.ts';

/** One document as a page holds it. Whoever may write to the index controls all of it. */
export interface Hit {
  readonly id: string;
  readonly index: string;
  /** `_source`, integers beyond 2^53 as bigints. */
  readonly source: unknown;
}

/** Documents of one answer or a part of it, in order of stream and number as the index has them. */
export interface Page {
  readonly hits: Iterable<Hit>;
  /** True where a part of the index gave no answer. */
  readonly partial: boolean;
}

/** A moment of the index, which stays the same while it is read. */
export interface PointInTime {
  id: string;
  /** True where a part of the index is not in it, or gave no answer. */
  partial: boolean;
}

const NOTHING = Buffer.alloc(0);
const KEEP_ALIVE = '5m';
/** Held of one page. A page of records is a few megabytes; whoever may write to the index chooses how long documents are. */
const PAGE_BYTES = 64 << 20;
/** Documents that are worked on in one go. Meanwhile nothing is sent, and nothing of the next page is taken. */
const TURN_DOCUMENTS = 100;
/** Longer than any document that a server takes. */
const DOCUMENT_BYTES = 256 << 20;

/** In order of stream and number: as the index is sorted on disk. What has neither comes last. */
const SORT = [
  { 'attributes.audit.sequence.stream_id': { order: 'asc', missing: '_last', unmapped_type: 'keyword' } },
  { 'attributes.audit.sequence.number': { order: 'asc', missing: '_last', unmapped_type: 'long' } },
  { _shard_doc: 'asc' },
];

/** @returns undefined where no index has the name. @throws VerifierError `SOURCE_UNREADABLE` */
export async function openPointInTime(client: Client, names: string): Promise<PointInTime | undefined> {
  const path = `/${encodeURIComponent(names)}/_pit`;
  const options = 'ignore_unavailable=true&expand_wildcards=open,hidden';
  const { status, body } = await ask(
    client,
    'POST',
    `${path}?keep_alive=${KEEP_ALIVE}&${options}&allow_partial_search_results=true`,
  );
  const id = member(body, 'id');
  if (status === 404 || typeof id !== 'string') return undefined;
  const shards = member(body, '_shards');
  return { id, partial: Number(member(shards, 'failed') ?? 0) > 0 };
}

/** Lets go of it: what it holds would else stay on the server's disk for minutes. */
export async function closePointInTime(client: Client, { id }: PointInTime): Promise<void> {
  await ask(client, 'DELETE', '/_pit', JSON.stringify({ id })).catch(() => {});
}

/** What a page is asked for. */
interface Asked {
  readonly client: Client;
  readonly point: PointInTime;
  readonly query: object;
  readonly pageBytes: number;
  /** Documents; fewer where they are long. */
  size: number;
}

/**
 * Reads all documents that a query finds, page by page; the next page is under way while one is worked on.
 *
 * @param pageSize - Documents a page, at most.
 * @param pageBytes - Bytes a page of more than one document, at most; default 64 MiB.
 * @returns pages in parts; what a part holds is to be read before the next one is asked for
 * @throws VerifierError `SOURCE_UNREADABLE`
 */
export async function* readPages(
  client: Client,
  point: PointInTime,
  query: object,
  pageSize: number,
  pageBytes: number = PAGE_BYTES,
): AsyncGenerator<Page> {
  const asked: Asked = { client, point, query, pageBytes, size: pageSize };
  // One is worked on, one is being received.
  let [buffer, other] = [new AnswerBuffer(), new AnswerBuffer()];
  let next: Promise<PageText> | undefined = request(asked, undefined, buffer);
  try {
    while (next !== undefined) {
      const { envelope, hits }: PageText = await next;
      const body = parsedBody(envelope);
      const id = member(body, 'pit_id');
      if (typeof id === 'string') point.id = id;
      const last = parsedBody(hits.at(-1)?.bytes ?? NOTHING);
      const isLast: boolean = hits.length < asked.size;
      asked.size = Math.min(pageSize, asked.size * 2);
      [buffer, other] = [other, buffer];
      // What fails before it is waited for is thrown where it is.
      next = isLast ? undefined : request(asked, list(last, 'sort'), buffer);
      next?.catch(() => {});
      const partial = isPartial(body);
      for (let from = 0; from === 0 || from < hits.length; from += TURN_DOCUMENTS) {
        if (next !== undefined) await turnOfTheEventLoop();
        yield { hits: hitsOf(hits.slice(from, from + TURN_DOCUMENTS)), partial };
      }
    }
  } finally {
    await next?.catch(() => {});
  }
}

async function request(asked: Asked, after: readonly unknown[] | undefined, buffer: AnswerBuffer): Promise<PageText> {
  for (;;) {
    const { size, pageBytes } = asked;
    try {
      return await requestOnce(asked, after, { buffer, mostBytes: size === 1 ? DOCUMENT_BYTES : pageBytes });
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error;
      if (size === 1)
        throw new VerifierError('SOURCE_UNREADABLE', 'Elasticsearch cannot hand over a document so long.');
      asked.size = Math.ceil(size / 8);
    }
  }
}

async function requestOnce(
  { client, point, query, size }: Asked,
  after: readonly unknown[] | undefined,
  room: Room,
): Promise<PageText> {
  const body = {
    size,
    query,
    sort: SORT,
    pit: { id: point.id, keep_alive: KEEP_ALIVE },
    track_total_hits: false,
  };
  const text = JSON.stringify(body);
  // A number that is missing sorts as 2^63 - 1, which JSON.stringify cannot write.
  const values = after?.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value)));
  const whole = values === undefined ? text : `${text.slice(0, -1)},"search_after":[${values.join(',')}]}`;
  const { status, bytes } = await askForBytes(client, 'POST', '/_search', whole, room);
  // What was read so far is no part that anybody asked for.
  if (status === 404) throw new VerifierError('SOURCE_UNREADABLE', 'Elasticsearch let go of the moment being read.');
  return cutPage(bytes);
}

/** Whether an answer to a search is none of the whole index. */
export function isPartial(answer: unknown): boolean {
  return Number(member(member(answer, '_shards'), 'failed') ?? 0) > 0 || member(answer, 'timed_out') === true;
}

/** Parsed one by one, as they are asked for. */
function* hitsOf(texts: readonly HitText[]): Generator<Hit> {
  for (const { bytes, hidesDigits } of texts) yield hitOf(parsedBody(bytes, hidesDigits));
}

function hitOf(hit: unknown): Hit {
  return { id: String(member(hit, '_id')), index: String(member(hit, '_index')), source: member(hit, '_source') };
}
