// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../../scripts/real/free-port.mjs';
import { startCollector } from '../../../scripts/real/start-collector.mjs';
import { installed } from '../support/installed.ts';
import { type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { CONFIGURATIONS, EXISTING, NO_METRICS, program, WITH_ELASTICSEARCH } from './support/collectors.ts';
import { documents, seal, sealed } from './support/records.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-added-fragment-'));
const FRAGMENT = join(CONFIGURATIONS, 'stepseal-audit.yaml');

let store: Elasticsearch;

beforeAll(async () => {
  store = await elasticsearch();
  await installed(store);
  // For their own logs; ours has a higher priority and another name.
  const template = { index_patterns: ['logs-theirs.otel-*'], data_stream: {}, priority: 200 };
  expect((await store.call('PUT', '/_index_template/theirs', template)).status).toBe(200);
});

afterAll(async () => {
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Started {
  readonly theirs: string;
  readonly ours: string;
  /** What their exporter to a file has written. */
  written(): readonly object[];
  stop(): Promise<unknown>;
}

async function start(configs: readonly string[]): Promise<Started> {
  const home = mkdtempSync(join(directory, 'collector-'));
  const [port, health, audit] = [await freePort(), await freePort(), await freePort()];
  const file = join(home, 'file.json');
  const server = await startCollector({
    program: program(),
    configs: [...configs, NO_METRICS],
    variables: {
      EXISTING_OTLP_ENDPOINT: `127.0.0.1:${port}`,
      EXISTING_LOGS_FILE: file,
      EXISTING_HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      EXISTING_QUEUE_DIR: join(home, 'their-queue'),
      STEPSEAL_ELASTICSEARCH_ENDPOINT: store.url,
      STEPSEAL_ELASTICSEARCH_USER: 'elastic',
      STEPSEAL_ELASTICSEARCH_PASSWORD: store.password,
      STEPSEAL_OTLP_ENDPOINT: `127.0.0.1:${audit}`,
      STEPSEAL_QUEUE_DIR: join(home, 'queue'),
    },
    directory: home,
    health: `http://127.0.0.1:${health}/`,
  });
  return {
    theirs: `http://127.0.0.1:${port}`,
    ours: `http://127.0.0.1:${audit}`,
    written: () => {
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as object);
    },
    stop: () => server.stop(),
  };
}

async function send(endpoint: string, signal: 'logs' | 'traces', body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${endpoint}/v1/${signal}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** An ordinary log that happens to carry a name of ours. */
function ordinary(more: object): object {
  const timeUnixNano = '1700000000000000000';
  const attributes = [text('audit.integrity.hash', 'ordinary'), more];
  const logRecords = [{ timeUnixNano, observedTimeUnixNano: timeUnixNano, eventName: 'order.placed', attributes }];
  return { resourceLogs: [{ scopeLogs: [{ scope: { name: 'theirs' }, logRecords }] }] };
}

test('the records of a Collector that runs already go where they went before the fragment was added', async () => {
  const written = async (configs: readonly string[]): Promise<readonly object[]> => {
    const collector = await start([EXISTING, ...configs]);
    await send(collector.theirs, 'logs', ordinary(text('elasticsearch.index', 'theirs')));
    await collector.stop();
    return collector.written();
  };
  const without = await written([]);
  const added = await written([FRAGMENT, 'yaml:service::extensions: [health_check, file_storage/stepseal]']);
  expect(JSON.stringify(without)).toContain('order.placed');
  expect(added).toEqual(without);
  expect((await documents(store, 0)).filter(({ _id }) => _id === 'ordinary')).toEqual([]);
});

test('a Collector that has components of the same kinds keeps each of its own, and carries audit beside them', async () => {
  const extensions = 'yaml:service::extensions: [health_check, file_storage, file_storage/stepseal]';
  const collector = await start([WITH_ELASTICSEARCH, FRAGMENT, extensions]);
  const service = join(directory, 'service');
  try {
    await send(collector.theirs, 'logs', ordinary(text('data_stream.dataset', 'theirs')));
    await seal(service, collector.ours, 100).shutdown();
    const span = {
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      name: 'GET /',
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
    };
    await send(collector.theirs, 'traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });

    const expected = sealed(service);
    const audit = await documents(store, expected.size);
    expect(audit.map(({ _id }) => _id).sort()).toEqual([...expected.keys()].sort());
    // Their transformation touches theirs, ours not.
    expect(audit.filter(({ _source }) => 'seen.by' in _source.attributes)).toEqual([]);
    const [found, ...more] = await documents(store, 1, '/logs-theirs.otel-default');
    expect([found?._source.attributes['seen.by'], more]).toEqual(['theirs', []]);
  } finally {
    await collector.stop();
  }
  expect(JSON.stringify(collector.written())).toContain('GET /');
});
