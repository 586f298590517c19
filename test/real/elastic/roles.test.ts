// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENTS } from '@stepseal/core/semconv';
import { ROLE_NAMES, roleDescriptor } from '@stepseal/elastic';
import { startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { type Collector, callAs, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { sealedIn } from '../support/step-ups.ts';
import { until } from '../support/until.ts';
import { everyEvent } from './support/every-event.ts';

const STREAM = 'logs-stepseal.audit.otel-default';
const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-roles-'));
const PASSWORD = 'writer-of-the-tests';

let store: Elasticsearch;
let collector: Collector;

beforeAll(async () => {
  // By file, since this distribution stores none; what is granted is what `install` would grant.
  store = await elasticsearch({
    [ROLE_NAMES.writer]: roleDescriptor('writer'),
    first_writer: roleDescriptor('writer', { autoConfigure: true }),
    [ROLE_NAMES.auditor]: roleDescriptor('auditor'),
  });
  await store.addUser('first', PASSWORD, 'first_writer');
  await store.addUser('writer', PASSWORD, ROLE_NAMES.writer);
  await store.addUser('auditor', PASSWORD, ROLE_NAMES.auditor);
  await installed(store);
  collector = await collectorWithFragment(store, { user: 'first', password: PASSWORD });
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Seals every event that an application may emit, and delivers it through the Collector. */
async function application(name: string, { auditEndpoint }: Collector = collector): Promise<void> {
  const pipeline = startAuditPipeline({
    deployment: 'real',
    dataDir: join(directory, name),
    identity: createKeys(join(directory, `${name}-keys`)).signer('real'),
    delivery: { endpoint: auditEndpoint },
    resource: { 'service.name': name },
    exitHooks: false,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  for (const { eventName, attributes } of everyEvent()) logger.emit({ eventName, attributes });
  await pipeline.shutdown();
}

/** Waits for every record of a service, and returns the names of its events. */
async function arrived(service: string): Promise<string[]> {
  const sealed = sealedIn(join(directory, service));
  const query = {
    query: { term: { 'resource.attributes.service.name': service } },
    aggs: { names: { terms: { field: 'event_name', size: 100 } } },
    size: 0,
  };
  const look = async (): Promise<Bucket[]> => {
    await store.call('POST', `/${STREAM}/_refresh`);
    const { body } = await store.call('POST', `/${STREAM}/_search`, query);
    return (body as Found).aggregations?.names.buckets ?? [];
  };
  const all = (found: readonly Bucket[]): boolean => found.reduce((sum, { doc_count }) => sum + doc_count, 0) >= sealed;
  return (await until(`the ${sealed} records of ${service}`, look, all)).map(({ key }) => key).sort();
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
}

interface Found {
  readonly aggregations?: { readonly names: { readonly buckets: Bucket[] } };
}

// Only the sealer makes these two: a stream was deleted, a record refused for good.
const SEALER_ONLY = ['stepseal.prune', 'stepseal.undelivered'];

test('a Collector with the role of a writer delivers every event, sealed', async () => {
  await application('first-service');
  const expected = Object.keys(EVENTS).filter((name) => !SEALER_ONLY.includes(name));
  expect(await arrived('first-service')).toEqual(expected.sort());
});

async function oneDocument(): Promise<{ index: string; id: string; seqNo: number; term: number }> {
  await store.call('POST', `/${STREAM}/_refresh`);
  const { body } = await store.call('POST', `/${STREAM}/_search`, { size: 1, seq_no_primary_term: true });
  const [hit] = (body as { hits: { hits: Hit[] } }).hits.hits;
  if (hit === undefined) throw new Error('no document');
  return { index: hit._index, id: hit._id, seqNo: hit._seq_no, term: hit._primary_term };
}

interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
}

interface Refusal {
  readonly error?: { readonly reason?: string };
}

const privilege = /granted by the index privileges \[([^\]]*)\]/;

test('the writer may neither read, overwrite nor delete, and the server names what is missing; an administrator may', async () => {
  await store.call('POST', `/${STREAM}/_rollover`);
  const writer = callAs(store.url, 'writer', PASSWORD);
  const { index, id, seqNo, term } = await oneDocument();
  const overwrite = `/${index}/_doc/${id}?if_seq_no=${seqNo}&if_primary_term=${term}`;
  const calls: [what: string, needs: string, method: string, path: string, body?: object][] = [
    ['search', 'read', 'POST', `/${STREAM}/_search`, { size: 1 }],
    ['count', 'read', 'GET', `/${STREAM}/_count`],
    ['get', 'read', 'GET', `/${index}/_doc/${id}`],
    ['point in time', 'read', 'POST', `/${STREAM}/_pit?keep_alive=1m`],
    ['mapping', 'manage', 'PUT', `/${index}/_mapping`, { properties: { extra: { type: 'keyword' } } }],
    ['settings', 'manage', 'PUT', `/${index}/_settings`, { 'index.refresh_interval': '5s' }],
    ['overwrite', 'index', 'PUT', overwrite, { '@timestamp': 1 }],
    ['update', 'index', 'POST', `/${index}/_update/${id}`, { doc: { event_name: 'other' } }],
    ['delete', 'delete', 'DELETE', `/${index}/_doc/${id}`],
    ['delete index', 'delete_index', 'DELETE', `/${index}`],
  ];
  for (const [what, needs, method, path, body] of calls) {
    const refused = await writer(method, path, body);
    const [, granting = ''] = privilege.exec((refused.body as Refusal).error?.reason ?? '') ?? [];
    expect([what, refused.status, granting.split(',').includes(needs) ? needs : granting]).toEqual([what, 403, needs]);
  }
  for (const [what, , method, path, body] of calls) {
    const { status } = await store.call(method, path, body);
    expect([what, status]).toEqual([what, expect.toSatisfy((code: number) => code === 200 || code === 201)]);
  }
});

test('what is written once cannot be written again by the writer', async () => {
  const writer = callAs(store.url, 'writer', PASSWORD);
  const record = { '@timestamp': 1_700_000_000_000 };
  expect((await writer('PUT', `/${STREAM}/_create/once`, record)).status).toBe(201);
  expect((await writer('PUT', `/${STREAM}/_create/once`, record)).status).toBe(409);
});

test('the auditor may search, count what is stored and what failed, and not write', async () => {
  const auditor = callAs(store.url, 'auditor', PASSWORD);
  expect((await auditor('GET', `/${STREAM}/_stats/docs`)).status).toBe(200);
  expect((await auditor('POST', `/${STREAM}/_search`, {})).status).toBe(200);
  expect((await auditor('PUT', `/${STREAM}/_create/mine`, { '@timestamp': 1 })).status).toBe(403);
});

test('a bulk request gives the writer no more: it may create, and neither index, update nor delete', async () => {
  const { index, id, seqNo, term } = await oneDocument();
  const at = { _index: index, _id: id };
  const lines = [
    { index: { ...at, if_seq_no: seqNo, if_primary_term: term } },
    { '@timestamp': 1 },
    { update: at },
    { doc: { event_name: 'other' } },
    { delete: at },
    { create: { _index: STREAM, _id: 'by-bulk' } },
    { '@timestamp': 1_700_000_000_000 },
  ];
  const authorization = `Basic ${Buffer.from(`writer:${PASSWORD}`).toString('base64')}`;
  const response = await fetch(`${store.url}/_bulk`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
  const { items } = (await response.json()) as { items: Record<string, { status: number } & Refusal>[] };
  const answers = items.flatMap((item) =>
    Object.entries(item).map(([action, { status, error }]) => {
      const [, granting = ''] = privilege.exec(error?.reason ?? '') ?? [];
      return [action, status, granting.split(',').includes(action) ? action : granting];
    }),
  );
  expect(answers).toEqual([
    ['index', 403, 'index'],
    ['update', 403, expect.stringMatching(/write/)],
    ['delete', 403, 'delete'],
    ['create', 201, ''],
  ]);
});

test('after all that the application still delivers, by a Collector that has the credentials of that writer alone', async () => {
  const own = await collectorWithFragment(store, { user: 'writer', password: PASSWORD });
  try {
    await application('second-service', own);
    expect(await arrived('second-service')).toContain('stepseal.stream.close');
  } finally {
    await own.stop();
  }
});
