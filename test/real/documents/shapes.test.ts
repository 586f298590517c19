// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parsePayload, recordHash } from '@stepseal/core/format';
import { exporterDocument } from '@stepseal/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportedStream } from '../../../packages/processor/src/otlp/exported-stream.ts';
import { jsonEncoding } from '../../../packages/processor/src/otlp/json-encoding.ts';
import { compareDocument } from '../../../packages/verifier/src/elasticsearch/compare-document.ts';
import { exportedFacts } from '../../../packages/verifier/src/elasticsearch/exported-facts.ts';
import { parseLossless } from '../../../packages/verifier/src/elasticsearch/lossless-json.ts';
import { COLLECTOR_VERSION } from '../../../scripts/real/collector.mjs';
import { ELASTICSEARCH_VERSION } from '../../../scripts/real/elasticsearch.mjs';
import { documents } from '../collector/support/records.ts';
import { type RealLine, realLine } from '../support/line.ts';
import { everyShape } from './support/shapes.ts';

/** What the real exporter writes, for the tests that run without servers. Written anew with `-u`. */
const VECTORS = '../../../packages/verifier/test/elasticsearch/vectors/exporter-0.156.0.json';

let line: RealLine;

beforeAll(async () => {
  line = await realLine();
});

afterAll(() => line?.stop());

test('what the real exporter writes of every shape of record is what was sealed, and is kept as vectors', async () => {
  const records = everyShape();
  const open = Buffer.from(records[0]?.text ?? '');
  const request = jsonEncoding.encode(
    exportedStream(open),
    records.map(({ text, ...rest }) => ({ ...rest, payload: Buffer.from(text), hash: recordHash(text) })),
  );
  const answer = await fetch(line.collector.auditEndpoint, {
    method: 'POST',
    headers: { 'content-type': jsonEncoding.contentType },
    body: Buffer.from(request),
  });
  expect(answer.status).toBe(200);
  const places = new Map((await documents(line.store, records.length)).map(({ _id, _index }) => [_id, _index]));
  const facts = exportedFacts(parsePayload(open));
  const vectors: object[] = [];
  for (const { name, text, seal, note } of records) {
    const hash = recordHash(text);
    const index = places.get(hash) ?? '';
    const source = await sourceOf(index, hash);
    const stored = parseLossless(source);
    const payload = parsePayload(Buffer.from(text));
    expect([name, compareDocument({ id: hash, index, source: stored }, { payload, hash }, facts)]).toEqual([name, []]);
    const written = exporterDocument({ text, seal, note }, facts);
    expect([name, stored]).toEqual([name, parseLossless(written)]);
    vectors.push({ name, index: 'logs-stepseal.audit.otel-default', hash, source });
  }
  const file = {
    from: `Collector ${COLLECTOR_VERSION}, exporter elasticsearch, mode otel, into Elasticsearch ${ELASTICSEARCH_VERSION}`,
    vectors,
  };
  await expect(`${JSON.stringify(file, null, 1)}\n`).toMatchFileSnapshot(VECTORS);
});

/** The bytes as they are stored. */
async function sourceOf(index: string, id: string): Promise<string> {
  const { store } = line;
  const authorization = `Basic ${Buffer.from(`elastic:${store.password}`).toString('base64')}`;
  const response = await fetch(`${store.url}/${index}/_source/${id}`, { headers: { authorization } });
  expect(response.status).toBe(200);
  return response.text();
}
