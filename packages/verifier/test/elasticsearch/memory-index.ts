// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { parseNoteLine, parsePayload } from '@stepseal/core/format';
import { exporterDocument, lineHash, type RecordLine, type StreamBuilder, type TestWriter } from '@stepseal/testkit';
import { exportedFacts } from '../../src/elasticsearch/exported-facts.ts';

/** A document of an index in memory. Tests edit it as an administrator could. */
export interface MemoryDocument {
  id: string;
  index: string;
  /** Stored, and found by no search: a filter takes it out. */
  hidden?: true;
  source: {
    '@timestamp': unknown;
    event_name?: unknown;
    attributes: Record<string, unknown>;
    resource: { attributes: Record<string, unknown> };
    [name: string]: unknown;
  };
}

export const DATA_STREAM = 'logs-stepseal.audit.otel-default';
export const BACKING_INDEX = `.ds-${DATA_STREAM}-2026.11.02-000001`;

/** What the Collector makes of every record of a writer that a note covers or a successor adopts. */
export function documentsOf(writer: TestWriter): MemoryDocument[] {
  return writer.streams.flatMap(({ stream }) => documentsOfStream(stream));
}

function documentsOfStream(stream: StreamBuilder): MemoryDocument[] {
  const records = stream.lines.filter((line): line is RecordLine => line.kind === 'record');
  const notes = new Map(
    stream.lines.flatMap((line) =>
      line.kind === 'note' ? [[line.size, parseNoteLine(Buffer.from(line.text))] as const] : [],
    ),
  );
  const facts = exportedFacts(parsePayload(Buffer.from(records[0]?.text ?? '')));
  return records.map((record) => {
    const seal = [...notes.keys()].find((size) => size >= record.number);
    const text = exporterDocument({ text: record.text, seal, note: notes.get(record.number) }, facts);
    return { id: lineHash(record), index: BACKING_INDEX, source: JSON.parse(text) };
  });
}

interface Search {
  readonly size: number;
  readonly query: Query;
  readonly search_after?: readonly unknown[];
  readonly aggs?: { readonly values: { readonly composite: Composite } };
}

interface Composite {
  readonly size: number;
  readonly sources: readonly [{ readonly value: { readonly terms: { readonly field: string } } }];
  readonly after?: { readonly value: string };
}

interface Query {
  readonly term?: Readonly<Record<string, unknown>>;
  readonly terms?: Readonly<Record<string, readonly unknown[]>>;
  readonly range?: { readonly '@timestamp': { readonly gte?: string; readonly lt?: string } };
  readonly exists?: { readonly field: string };
  readonly bool?: { readonly filter?: readonly Query[]; readonly must_not?: readonly Query[] };
}

/** What the credentials may do, and what there is beside the documents of the stream. */
export interface MemoryServer {
  /** Default true. */
  readonly mayReadAll?: boolean;
  readonly mayCount?: boolean;
  /** Documents of an index that is in no data stream. */
  readonly outside?: number;
  readonly failed?: number;
  /** What the server answers of its mappings; default that it answers nothing. */
  readonly mappings?: unknown;
}

/** An Elasticsearch of these documents that knows what a verification asks. */
export function memoryClient(all: readonly MemoryDocument[], server: MemoryServer = {}): Client {
  const { mayReadAll = true, mayCount = true, outside = 0, failed = 0 } = server;
  const documents = all.filter(({ hidden }) => hidden !== true);
  const answer = (path: string, body: unknown): { statusCode: number; body: unknown } => {
    if (path.endsWith('/_pit')) return { statusCode: 200, body: { id: 'pit', _shards: { failed: 0 } } };
    if (path === '/_search') return { statusCode: 200, body: found(documents, JSON.parse(String(body))) };
    if (path.endsWith('/_stats/docs')) return mayCount ? { statusCode: 200, body: stats(all) } : FORBIDDEN;
    if (path.endsWith('/_mapping') && server.mappings !== undefined) return { statusCode: 200, body: server.mappings };
    if (path.endsWith('/_has_privileges')) return { statusCode: 200, body: { has_all_requested: mayReadAll } };
    if (path.endsWith('/_count'))
      return { statusCode: 200, body: { count: path.includes('failures') ? failed : outside } };
    if (path.startsWith('/_resolve/index')) {
      return {
        statusCode: 200,
        body: { indices: outside === 0 ? [] : [{ name: '.ds-outside', attributes: ['open'] }] },
      };
    }
    if (path.endsWith('/_search')) return { statusCode: 200, body: counted(documents) };
    return { statusCode: 404, body: {} };
  };
  const client = {
    transport: {
      request: ({ path, body }: { path: string; body?: unknown }) => {
        const { statusCode, body: found } = answer(path, body);
        return Promise.resolve({ statusCode, body: [Buffer.from(JSON.stringify(found))] });
      },
    },
  };
  return client as unknown as Client;
}

const FORBIDDEN = { statusCode: 403, body: {} };

function stats(documents: readonly MemoryDocument[]): unknown {
  const indices = Object.entries(byIndex(documents)).map(([index, count]) => [
    index,
    { primaries: { docs: { count } } },
  ]);
  return { indices: Object.fromEntries(indices) };
}

function counted(documents: readonly MemoryDocument[]): unknown {
  const buckets = Object.entries(byIndex(documents)).map(([key, doc_count]) => ({ key, doc_count }));
  return { aggregations: { values: { buckets } } };
}

function byIndex(documents: readonly MemoryDocument[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { index } of documents) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

function found(documents: readonly MemoryDocument[], search: Search): unknown {
  const matching = documents.filter((document) => matches(search.query, document));
  if (search.aggs !== undefined) return { aggregations: { values: buckets(matching, search.aggs.values.composite) } };
  const hits = matching
    .map((document, place) => ({
      _id: document.id,
      _index: document.index,
      _source: document.source,
      sort: [
        document.source.attributes?.['audit.sequence.stream_id'] ?? null,
        Number(document.source.attributes?.['audit.sequence.number'] ?? Number.MAX_SAFE_INTEGER),
        place,
      ] as const,
    }))
    .sort((a, b) => compare(a.sort, b.sort));
  const { search_after, size } = search;
  const from = search_after === undefined ? 0 : hits.findIndex(({ sort }) => compare(sort, search_after) > 0);
  return { pit_id: 'pit', _shards: { failed: 0 }, hits: { hits: from === -1 ? [] : hits.slice(from, from + size) } };
}

function matches({ term, terms, range, exists, bool }: Query, document: MemoryDocument): boolean {
  const timeMs = Number.parseInt(String(document.source['@timestamp']), 10);
  const { gte, lt } = range?.['@timestamp'] ?? {};
  return (
    Object.entries(term ?? {}).every(([field, value]) => valueOf(document, field) === value) &&
    Object.entries(terms ?? {}).every(([field, values]) => values.includes(valueOf(document, field))) &&
    (gte === undefined || timeMs >= Date.parse(gte)) &&
    (lt === undefined || timeMs < Date.parse(lt)) &&
    (exists === undefined || valueOf(document, exists.field) !== undefined) &&
    (bool?.filter ?? []).every((query) => matches(query, document)) &&
    !(bool?.must_not ?? []).some((query) => matches(query, document))
  );
}

function valueOf({ source }: MemoryDocument, field: string): unknown {
  return source.attributes?.[field.replace(/^attributes\./, '')];
}

function buckets(documents: readonly MemoryDocument[], { size, sources, after }: Composite): unknown {
  const { field } = sources[0].value.terms;
  const values = new Set(documents.map((document) => valueOf(document, field)).filter((value) => value !== undefined));
  const rest = [...values].map(String).filter((value) => after === undefined || value > after.value);
  const page = rest.sort().slice(0, size);
  return { buckets: page.map((value) => ({ key: { value } })), after_key: { value: page.at(-1) } };
}

/** What has no value comes last. */
function compare(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (left === right) continue;
    if (left === null || right === null) return left === null ? 1 : -1;
    return (left as string) < (right as string) ? -1 : 1;
  }
  return 0;
}
