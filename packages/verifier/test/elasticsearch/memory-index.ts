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

export function documentsOfStream(stream: StreamBuilder): MemoryDocument[] {
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

/** An Elasticsearch of these documents that knows what a verification asks. */
export function memoryClient(documents: readonly MemoryDocument[]): Client {
  const answer = (path: string, body: unknown): { statusCode: number; body: unknown } => {
    if (path.endsWith('/_pit')) return { statusCode: 200, body: { id: 'pit', _shards: { failed: 0 } } };
    if (path === '/_search') return { statusCode: 200, body: found(documents, JSON.parse(String(body))) };
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
