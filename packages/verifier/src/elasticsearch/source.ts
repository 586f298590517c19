// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { type Entry, FindingLog } from '../finding-log.ts';
import type { Finding } from '../findings.ts';
import { openFile } from '../sources/file-source.ts';
import type { Segment, Source } from '../sources/source.ts';
import type { TrustPolicy } from '../trust.ts';
import { searchedFields } from './check-mappings.ts';
import { documentsOutside, hiddenDocuments, mayReadAll, storedCounts } from './count-documents.ts';
import { Documents } from './documents.ts';
import { closePointInTime, openPointInTime, type PointInTime, readPages } from './pages.ts';
import { queriesOf } from './select-streams.ts';

/** What to read of an Elasticsearch, and how. */
export interface ElasticsearchSourceOptions {
  /** Not closed by the source. */
  readonly client: Client;
  /** Name or pattern of the data streams. */
  readonly dataStream: string;
  /** How long a sealed record may take to come, ms; default 15 minutes. Later, what is not there is missing. */
  readonly deliveryGraceMs?: number | undefined;
  /** Read this one stream only, and miss no other. */
  readonly stream?: string | undefined;
  /** Read these streams only, 10,000 at most, and miss no other. */
  readonly streams?: readonly string[] | undefined;
  /**
   * Read only what rests on this part of the time, ms: every stream with a record of it, whole. A verification has to be
   * told of the same part, or misses what came before.
   */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Whose word counts on the Resource keys that a Collector may override; default nobody's. */
  readonly trust?: TrustPolicy | undefined;
  /** Keep the signatures of single records, for a verification that checks them; default false. */
  readonly recordSignatures?: boolean | undefined;
  /** Documents a page; default 1000. */
  readonly pageSize?: number | undefined;
}

const DELIVERY_GRACE_MS = 900_000;
const PAGE_SIZE = 1_000;
const UNCOUNTED: Entry = {
  code: 'UNREADABLE',
  severity: 'info',
  evidence:
    'The credentials may not ask how many documents are stored (privilege monitor): hidden ones would not show.',
};

/**
 * The documents of an Elasticsearch as they stand at one moment. They are read once, in order of stream and number, at
 * the first call of `segments`, into one temporary file a stream; memory does not grow with their number.
 */
export function elasticsearchSource(options: ElasticsearchSourceOptions): Source {
  const { dataStream, stream, streams } = options;
  const asked = stream === undefined ? streams : [stream];
  let directory: string | undefined;
  let reading: Promise<Read> | undefined;
  let partial = false;
  const read = (): Promise<Read> => {
    directory ??= mkdtempSync(join(tmpdir(), 'stepseal-'));
    reading ??= readIndex(options, directory).then((done) => {
      partial = done.partial;
      return done;
    });
    return reading;
  };
  return {
    description: dataStream,
    /** Known once it was read. */
    get complete() {
      return asked === undefined && !partial;
    },
    outlivesSegments: true,
    ...(asked === undefined ? {} : { only: asked }),
    segments: async () => (await read()).segments,
    findings: async () => (await read()).findings,
    dispose() {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

interface Read {
  readonly segments: readonly Segment[];
  readonly findings: readonly Finding[];
  /** True where a part of the index could not be read. */
  readonly partial: boolean;
}

async function readIndex(options: ElasticsearchSourceOptions, directory: string): Promise<Read> {
  const { client, dataStream, deliveryGraceMs = DELIVERY_GRACE_MS, trust, recordSignatures = false } = options;
  const searched = await searchedFields(client, dataStream);
  const documents = new Documents(directory, { source: dataStream, trust, recordSignatures, absent: searched.absent });
  const log = new FindingLog(dataStream, undefined);
  const stored = await storedCounts(client, dataStream);
  let partial = false;
  if (!(await mayReadAll(client, dataStream))) {
    partial = true;
    const evidence = 'The credentials may not read all that the name stands for.';
    log.add({ code: 'UNREADABLE', severity: 'incomplete', evidence });
  }
  const point = await openPointInTime(client, dataStream);
  const readAtMs = Date.now();
  if (point !== undefined) {
    let silent = false;
    try {
      for (const query of await queriesFor(options, point)) {
        for await (const page of readPages(client, point, query, options.pageSize ?? PAGE_SIZE)) {
          for (const hit of page.hits) documents.take(hit);
          silent ||= page.partial;
        }
      }
    } finally {
      await closePointInTime(client, point);
    }
    if (silent || point.partial) {
      partial = true;
      const evidence = 'A part of the index gave no answer.';
      log.add({ code: 'UNREADABLE', severity: 'incomplete', evidence });
    }
  }
  documents.finish();
  const { stream, streams, since, until } = options;
  const whole = [stream, streams, since, until].every((choice) => choice === undefined);
  const hidden =
    stored === undefined
      ? [UNCOUNTED]
      : await hiddenDocuments(client, dataStream, stored, whole ? documents.counts : undefined);
  const outside = await documentsOutside(client, dataStream);
  for (const entry of [...hidden, ...outside, ...searched.entries]) {
    partial ||= entry.code === 'UNREADABLE' && entry.severity === 'incomplete';
    log.add(entry);
  }
  const segments = documents.files.streams.map((id): Segment => {
    const path = documents.files.path(id);
    return {
      name: `${dataStream}, ${id}`,
      exportOf: dataStream,
      open: () => openFile(path),
      signatures: () => documents.files.signaturesOf(id),
      altered: () => documents.of(id),
      deliveryGraceMs,
      readAtMs,
      partial,
      refused: (number) => documents.refusedOf(id, number),
      reproduce: `stepseal verify --elasticsearch URL --stream ${id}`,
    };
  });
  return { segments, findings: [...log.findings, ...documents.findings], partial };
}

function queriesFor(
  { client, stream, streams, since, until }: ElasticsearchSourceOptions,
  point: PointInTime,
): Promise<readonly object[]> | readonly object[] {
  if (stream !== undefined) return [{ term: { 'attributes.audit.sequence.stream_id': stream } }];
  if (streams !== undefined) return [{ terms: { 'attributes.audit.sequence.stream_id': streams } }];
  if (since === undefined && until === undefined) return [{ match_all: {} }];
  return queriesOf(client, point, { since, until });
}
