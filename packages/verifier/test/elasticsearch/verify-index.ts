// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import { onTestFinished } from 'vitest';
import { type ElasticsearchSourceOptions, elasticsearchSource } from '../../src/elasticsearch/source.ts';
import type { KnownHeads } from '../../src/known-heads.ts';
import type { Report } from '../../src/report.ts';
import { verify } from '../../src/verify.ts';
import { later, policyOf } from '../support.ts';
import { DATA_STREAM, type MemoryDocument, type MemoryServer, memoryClient } from './memory-index.ts';

export interface Asked {
  readonly now?: number;
  readonly pageSize?: number;
  readonly stream?: string;
  readonly knownHeads?: KnownHeads;
  readonly deliveryGraceMs?: number;
  readonly since?: number;
  readonly until?: number;
  readonly server?: MemoryServer;
  /** Default one in memory of the documents. */
  readonly client?: ElasticsearchSourceOptions['client'];
}

/** Ten minutes after the last record, with a minute of grace: what is not there is missing. */
export async function verifyIndex(
  documents: readonly MemoryDocument[],
  writer: TestWriter,
  asked: Asked = {},
): Promise<Report> {
  const { now = later(writer), knownHeads, server, ...options } = asked;
  const trust = policyOf(writer.identity);
  const source = elasticsearchSource({
    client: memoryClient(documents, server),
    dataStream: DATA_STREAM,
    deliveryGraceMs: 60_000,
    trust,
    ...options,
  });
  onTestFinished(() => source.dispose?.());
  const { since, until } = options;
  return verify({ sources: [source], trust, now, knownHeads, since, until });
}

/** The findings that matter, with the records that they name. */
export function told(report: Report): string[] {
  return report.findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, code, from, to }) => [severity, code, from, to].filter((part) => part !== undefined).join(' '));
}

/** Four streams: rolled, crashed and adopted, closed. */
export function longWriter(label: string): TestWriter {
  const writer = new TestWriter({ label });
  const first = writer.start();
  for (let i = 0; i < 5; i++) writeStepUp(first, `a${i}`).seal();
  const second = writer.roll();
  writeOne(writeStepUp(second, 'b').seal(), 'c');
  writer.crash();
  writer.clock.advance(3_000);
  writeStepUp(writer.start(), 'd').seal();
  return writer.close();
}

/** The document of a record, by number, of the nth stream. */
export function at(
  documents: readonly MemoryDocument[],
  writer: TestWriter,
  number: number,
  stream = 0,
): MemoryDocument {
  const id = writer.streams[stream]?.stream.streamId;
  const found = documents.find(
    ({ source: { attributes } }) =>
      attributes['audit.sequence.stream_id'] === id && attributes['audit.sequence.number'] === number,
  );
  if (found === undefined) throw new RangeError(`no record ${number}`);
  return found;
}
