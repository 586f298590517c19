// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import type { Entry } from '../finding-log.ts';
import { list, member } from '../sources/json-member.ts';
import { askIfAllowed } from './ask.ts';
import { shownName } from './shown-document.ts';

/** Documents by backing index. */
export type Counts = ReadonlyMap<string, number>;

/** Storage may know of a document a refresh earlier than a search does, ms. */
const REFRESH_MS = 1_500;
const TRIES = 2;
/** They stand in the address. */
const NAMES_A_REQUEST = 20;
const ANY = 'expand_wildcards=open,hidden&ignore_unavailable=true';

/**
 * How many documents are stored, which no filter of an alias or of a role changes; undefined where the credentials may not
 * ask. To be asked before what is compared with it is read, since documents keep coming.
 */
export async function storedCounts(client: Client, names: string): Promise<Counts | undefined> {
  const { status, body } = await askIfAllowed(client, 'GET', `/${encodeURIComponent(names)}/_stats/docs?${ANY}`);
  if (status !== 200) return undefined;
  const indices = Object.entries((member(body, 'indices') ?? {}) as object);
  return new Map(
    indices.map(([index, stats]) => {
      return [index, Number(member(member(member(stats, 'primaries'), 'docs'), 'count') ?? 0)] as const;
    }),
  );
}

/** How many documents a search finds; undefined where it may not be asked. */
async function searchedCounts(client: Client, names: string): Promise<Counts | undefined> {
  const body = { size: 0, track_total_hits: false, aggs: { values: { terms: { field: '_index', size: 10_000 } } } };
  const path = `/${encodeURIComponent(names)}/_search?${ANY}`;
  const answer = await askIfAllowed(client, 'POST', path, JSON.stringify(body));
  if (answer.status !== 200) return undefined;
  const buckets = list(member(member(answer.body, 'aggregations'), 'values'), 'buckets');
  return new Map(buckets.map((bucket) => [String(member(bucket, 'key')), Number(member(bucket, 'doc_count'))]));
}

/**
 * Documents that are stored under the name and found by no search of it.
 *
 * @param read what was read, where that was everything
 */
export async function hiddenDocuments(
  client: Client,
  names: string,
  stored: Counts,
  read: Counts | undefined,
): Promise<readonly Entry[]> {
  let before: Counts | undefined = stored;
  let found = read ?? (await searchedCounts(client, names));
  for (let tries = 0; before !== undefined && found !== undefined; tries++) {
    const seen: Counts = found;
    const fewer = [...before].filter(([index, count]) => count > (seen.get(index) ?? 0));
    if (fewer.length === 0) return [];
    if (tries === TRIES) return fewer.map(([index, count]) => hidden(index, count, seen.get(index) ?? 0));
    before = await storedCounts(client, names);
    await delay(REFRESH_MS);
    found = await searchedCounts(client, names);
  }
  return [];
}

function hidden(index: string, stored: number, found: number): Entry {
  const evidence = `${shownName(index)} holds ${stored} documents, and a search finds ${found}: an alias, a role or a filter hides the others.`;
  return { code: 'HIDDEN_DOCUMENTS', evidence };
}

const UNLISTED: Entry = {
  code: 'UNREADABLE',
  severity: 'info',
  evidence:
    'The credentials may not list indices (privilege view_index_metadata): closed ones, and ones outside of the data stream, would not show.',
};

/** Indices with the stream's name that are in no data stream, closed ones, and what waits in the failure store. */
export async function documentsOutside(client: Client, names: string): Promise<readonly Entry[]> {
  const parts = names.split(',');
  // One that does not exist is an error, a pattern that nothing fits is none.
  const behind = parts
    .filter((part) => !part.startsWith('.') && !part.startsWith('-'))
    .map((part) => (part.includes('*') ? `.ds-${part}` : `.ds-${part}-*`));
  const body = await resolved(client, [...parts, ...behind]);
  if (body === undefined) return [UNLISTED];
  const named = new Set(list(body, 'indices').map((index) => member(index, 'name')));
  const backing = [...list(body, 'data_streams'), ...list(body, 'aliases')]
    .flatMap((entry) => [...list(entry, 'backing_indices'), ...list(entry, 'indices')])
    .filter((index): index is string => typeof index === 'string' && !named.has(index));
  const indices = [...list(body, 'indices')];
  for (let start = 0; start < backing.length; start += NAMES_A_REQUEST) {
    indices.push(...list(await resolved(client, backing.slice(start, start + NAMES_A_REQUEST)), 'indices'));
  }
  const entries: Entry[] = [];
  for (const index of indices) {
    const name = String(member(index, 'name'));
    if (list(index, 'attributes').includes('closed')) {
      const evidence = `${shownName(name)} is closed.`;
      entries.push({ code: 'UNREADABLE', severity: 'incomplete', evidence });
    } else if (member(index, 'data_stream') === undefined) {
      const count = await countOf(client, name);
      const evidence = `${shownName(name)} holds ${count} documents and is in no data stream: a search of the stream does not find them.`;
      if (count > 0) entries.push({ code: 'HIDDEN_DOCUMENTS', evidence });
    }
  }
  const failed = await countOf(client, parts.map((part) => `${part}::failures`).join(','));
  const evidence = `${failed} documents could not be indexed and are in the failure store, where no search of the stream finds them.`;
  if (failed > 0) entries.push({ code: 'HIDDEN_DOCUMENTS', severity: 'incomplete', evidence });
  return entries;
}

/** What names stand for; undefined where nobody may ask. */
async function resolved(client: Client, names: readonly string[]): Promise<unknown> {
  const path = `/_resolve/index/${encodeURIComponent(names.join(','))}?expand_wildcards=all`;
  const { status, body } = await askIfAllowed(client, 'GET', path);
  return status === 200 ? body : status === 404 ? {} : undefined;
}

/** Zero where nobody may count. */
async function countOf(client: Client, names: string): Promise<number> {
  const { status, body } = await askIfAllowed(client, 'GET', `/${encodeURIComponent(names)}/_count`);
  return status === 200 ? Number(member(body, 'count') ?? 0) : 0;
}

/** Whether the credentials may read all that the name stands for; a pattern passes over what they may not. */
export async function mayReadAll(client: Client, names: string): Promise<boolean> {
  const body = JSON.stringify({ index: [{ names: names.split(','), privileges: ['read'] }] });
  const answer = await askIfAllowed(client, 'POST', '/_security/user/_has_privileges', body);
  // Without security there is no such call, and nothing is denied.
  return answer.status !== 200 || member(answer.body, 'has_all_requested') !== false;
}
