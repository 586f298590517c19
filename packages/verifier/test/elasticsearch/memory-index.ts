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
  readonly query: { readonly term?: Readonly<Record<string, unknown>> };
  readonly search_after?: readonly unknown[];
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

function found(documents: readonly MemoryDocument[], { size, query, search_after }: Search): unknown {
  const [term] = Object.entries(query.term ?? {});
  const name = term?.[0].replace('attributes.', '') ?? '';
  const hits = documents
    .filter(({ source }) => term === undefined || source.attributes?.[name] === term[1])
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
  const from = search_after === undefined ? 0 : hits.findIndex(({ sort }) => compare(sort, search_after) > 0);
  return { pit_id: 'pit', _shards: { failed: 0 }, hits: { hits: from === -1 ? [] : hits.slice(from, from + size) } };
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
