// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCursor } from '@stepseal/processor/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../../scripts/real/free-port.mjs';
import { installed } from '../support/installed.ts';
import { type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { until } from '../support/until.ts';
import { type RunningCollector, startWhole } from './support/collectors.ts';
import { documents, seal, sealed } from './support/records.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-two-hops-'));
const ROUTES = ['elasticsearch.index', 'elasticsearch.ingest_pipeline', 'elasticsearch.mapping.hints'];

let store: Elasticsearch;
let gateway: RunningCollector;
let agent: RunningCollector;
let before = 0;

beforeAll(async () => {
  store = await elasticsearch();
  await installed(store);
  gateway = await startWhole('gateway.yaml', join(directory, 'gateway'), writing(store.url));
  agent = await startWhole('agent.yaml', join(directory, 'agent'), { STEPSEAL_GATEWAY_ENDPOINT: gateway.endpoint });
});

afterAll(async () => {
  await agent?.stop();
  await gateway?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('what was sealed goes from agent to gateway to Elasticsearch, byte for byte, once, under its hash', async () => {
  const service = join(directory, 'service');
  await seal(service, agent.endpoint, 1_000).shutdown();
  const expected = sealed(service);
  expect(expected.size).toBeGreaterThan(1_000);
  const found = await documents(store, expected.size);
  expect(found).toHaveLength(expected.size);
  for (const { _id, _source } of found) expect(_source.attributes['audit.integrity.payload']).toBe(expected.get(_id));
  before = found.length;
});

test('a client chooses neither index nor pipeline, neither the form of the document nor its id', async () => {
  const chosen = [
    ...ROUTES.map((key) => text(key, 'elsewhere')),
    text('data_stream.type', 'metrics'),
    text('data_stream.dataset', 'elsewhere'),
    text('data_stream.namespace', 'elsewhere'),
  ];
  const hash = 'ab'.repeat(32);
  const body = {
    resourceLogs: [
      {
        resource: { attributes: chosen },
        scopeLogs: [
          {
            scope: { name: 'client', attributes: [...chosen, text('elastic.mapping.mode', 'bodymap')] },
            logRecords: [
              record([...chosen, text('elasticsearch.document_id', 'mine'), text('audit.integrity.hash', hash)]),
              record([...chosen, text('elasticsearch.document_id', 'mine-too'), text('marker', 'no hash')]),
            ],
          },
        ],
      },
    ],
  };
  const headers = { 'content-type': 'application/json', 'x-elastic-mapping-mode': 'bodymap' };
  const response = await fetch(`${agent.endpoint}/v1/logs`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  const found = (await documents(store, before + 2)).filter(({ _source }) => _source.event_name === 'client.choice');
  expect(found).toHaveLength(2);
  const ids = found.map(({ _id }) => _id);
  expect(ids).toContain(hash);
  expect(ids).not.toContain('mine');
  expect(ids).not.toContain('mine-too');
  for (const { _index, _source } of found) {
    expect(_index).toMatch(/^\.ds-logs-stepseal\.audit\.otel-default-/);
    for (const key of ROUTES) expect(_source.attributes).not.toHaveProperty([key]);
  }
  const { body: elsewhere } = await store.call('GET', '/*elsewhere*/_count?expand_wildcards=all');
  expect((elsewhere as { count: number }).count).toBe(0);
});

test('a gateway killed with a full queue while Elasticsearch is away delivers, once started again, what it had answered for', async () => {
  const home = join(directory, 'killed');
  const service = join(directory, 'service-of-the-killed');
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const small = 'yaml:exporters::elasticsearch/stepseal::sending_queue::queue_size: 2000';
  const first = await startWhole('gateway.yaml', home, writing(nobody), [small]);
  const pipeline = seal(service, first.endpoint, 4_000);
  // A delivery is of 512 records at most: what is left has no room for another one.
  await until(
    'a full queue',
    () => first.queued(),
    (queued) => queued > 2_000 - 512,
  );
  // The service is gone before the gateway is: what arrives later comes out of the gateway's own queue.
  await pipeline.shutdown();
  await first.stop('SIGKILL');
  const acknowledged = acknowledgedOf(service);
  expect(acknowledged.length).toBeGreaterThan(1_000);
  expect(acknowledged.length).toBeLessThan(4_000);
  const again = await startWhole('gateway.yaml', home, writing(store.url));
  try {
    await until(
      'an empty queue',
      () => again.queued(),
      (queued) => queued === 0,
    );
    const already = (await documents(store, 0)).length;
    await documents(store, Math.max(already, before + 2 + acknowledged.length));
    const ids = (await documents(store, 0)).map(({ _id }) => _id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(acknowledged.filter((hash) => !ids.includes(hash))).toEqual([]);
  } finally {
    await again.stop();
  }
});

/** The hashes of the records for which the service has an answer, by its cursor. */
function acknowledgedOf(service: string): readonly string[] {
  const [file] = globSync(join(service, 'data/writers/*/delivery.json'));
  const cursor = readCursor(dirname(file ?? ''));
  return [...sealed(service).keys()].slice(0, cursor?.number ?? 0);
}

function writing(url: string): Readonly<Record<string, string>> {
  return {
    STEPSEAL_ELASTICSEARCH_ENDPOINT: url,
    STEPSEAL_ELASTICSEARCH_USER: 'elastic',
    STEPSEAL_ELASTICSEARCH_PASSWORD: store.password,
  };
}

function record(attributes: readonly object[]): object {
  const timeUnixNano = '1700000000000000000';
  return { timeUnixNano, observedTimeUnixNano: timeUnixNano, eventName: 'client.choice', attributes };
}

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}
