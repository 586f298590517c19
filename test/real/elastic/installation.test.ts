// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { everyEvent } from './support/every-event.ts';
import { stepsealElastic } from './support/stepseal.ts';

const STREAM = 'logs-stepseal.audit.otel-default';

let store: Elasticsearch;

beforeAll(async () => {
  store = await elasticsearch();
});

afterAll(async () => {
  await store?.stop();
});

interface Steps {
  readonly steps: readonly { readonly did: string; readonly kind: string; readonly reason?: string }[];
}

function steps(...args: readonly string[]): { exitCode: number | null; did: string[]; stdout: string } {
  const { exitCode, stdout } = stepsealElastic(store, 'install', '--json', ...args);
  return { exitCode, stdout, did: (JSON.parse(stdout) as Steps).steps.map(({ did, kind }) => `${did} ${kind}`) };
}

const LEFT_OUT = [
  'left out lifecycle policy',
  'left out role',
  'left out role',
  'left out role',
  'left out data stream',
];

test('a dry run leaves the server as it is', async () => {
  expect(steps('--dry-run').did.filter((step) => step.startsWith('created'))).not.toEqual([]);
  expect((await store.call('GET', '/_index_template/stepseal-audit')).status).toBe(404);
});

test('what a server lacks is named and no success, unless it is allowed; the rest is installed, once', async () => {
  const first = steps();
  expect(first.exitCode).toBe(2);
  expect(first.did.filter((step) => step.startsWith('left out'))).toEqual(LEFT_OUT);
  expect(first.did.filter((step) => step.startsWith('created'))).toHaveLength(3);
  const again = steps('--allow-missing');
  expect(again.exitCode).toBe(0);
  expect(again.did.filter((step) => step.startsWith('unchanged'))).toHaveLength(3);
  expect(stepsealElastic(store, 'diff', '--without-roles').exitCode).toBe(0);
});

test('what somebody changed on the server is shown, and mended by the next installation', async () => {
  const path = '/_component_template/stepseal-audit@settings';
  const { body } = await store.call('GET', path);
  const template = (body as { component_templates: { component_template: Changed }[] }).component_templates[0];
  const changed = template?.component_template as Changed;
  changed.template.settings.index['final_pipeline'] = 'tidy-up';
  expect((await store.call('PUT', path, { template: changed.template, _meta: changed._meta })).status).toBe(200);

  const diff = stepsealElastic(store, 'diff', '--without-roles');
  expect([diff.exitCode, diff.stdout]).toEqual([1, expect.stringContaining('final_pipeline: tidy-up')]);
  expect(steps('--allow-missing').did).toContain('updated component template');
  expect(stepsealElastic(store, 'diff', '--without-roles').exitCode).toBe(0);
});

interface Changed {
  readonly template: { readonly settings: { readonly index: Record<string, string> } };
  readonly _meta: object;
}

test('every event with all its attributes at their longest is taken, and each of them is found by its value', async () => {
  const events = everyEvent();
  for (const [index, { eventName, attributes }] of events.entries()) {
    const document = { '@timestamp': `${1_700_000_000_000 + index}.0`, event_name: eventName, attributes };
    const answer = await store.call('PUT', `/${STREAM}/_create/event-${index}`, document);
    expect([eventName, answer.status, answer.body]).toEqual([
      eventName,
      201,
      expect.not.objectContaining({ failure_store: 'used' }),
    ]);
  }
  await store.call('POST', `/${STREAM}/_refresh`);
  const missed: string[] = [];
  let asked = 0;
  for (const { eventName, attributes } of events) {
    const found = Object.entries(attributes).map(([name, value]) => ({
      term: { [`attributes.${name}`]: Array.isArray(value) ? value[0] : value },
    }));
    asked += found.length;
    const query = { bool: { filter: [{ term: { event_name: eventName } }, ...found] } };
    const { body } = await store.call('POST', `/${STREAM}/_count`, { query });
    if ((body as { count?: number }).count !== 1) missed.push(`${eventName} ${JSON.stringify(body)}`);
  }
  expect(missed).toEqual([]);
  expect(asked).toBeGreaterThan(300);
});

test('no value or name that others add makes Elasticsearch refuse a record', async () => {
  const hostile = {
    '@timestamp': '1700000000000.0',
    event_name: 'step_up.access',
    attributes: {
      http: 'a text where others have an object',
      step_up: { id: 'an object' },
      'client.address': 'no address',
      'audit.sequence.number': 'no number',
      'step_up.method': 'm'.repeat(100_000),
      'foreign.map': { a: [1, { b: null }] },
      'audit.integrity.payload': 'p'.repeat(2 * 1024 * 1024),
    },
    resource: { attributes: { service: 'text', 'service.name': 'bank' } },
    body: { text: 'A person was asked for a passkey.' },
  };
  const { status, body } = await store.call('PUT', `/${STREAM}/_create/hostile`, hostile);
  expect([status, (body as { failure_store?: string }).failure_store ?? 'no']).toEqual([201, 'no']);
  await store.call('POST', `/${STREAM}/_refresh`);
  const query = { query: { match: { 'body.text': 'passkey' } } };
  const found = await store.call('POST', `/${STREAM}/_search`, query);
  const [hit] = (found.body as { hits: { hits: { _source: unknown }[] } }).hits.hits;
  expect(hit?._source).toEqual(hostile);
});

test('sealed bytes cannot be searched and cost no doc values', async () => {
  const { body } = await store.call('GET', `/${STREAM}/_field_caps?fields=attributes.audit.integrity.*`);
  const { fields } = body as { fields: Record<string, { keyword: { searchable: boolean; aggregatable: boolean } }> };
  const payload = fields['attributes.audit.integrity.payload']?.keyword;
  expect([payload?.searchable, payload?.aggregatable]).toEqual([false, false]);
  expect(fields['attributes.audit.integrity.hash']?.keyword.searchable).toBe(true);
});

test('the status tells versions and documents', () => {
  const { stdout, exitCode } = stepsealElastic(store, 'status', '--json');
  const { streams, assets } = JSON.parse(stdout) as {
    streams: { name: string; documents: number; staleFields: string[] }[];
    assets: { state: string }[];
  };
  expect(streams).toMatchObject([{ name: STREAM, documents: everyEvent().length + 1, staleFields: [] }]);
  expect(assets.filter(({ state }) => state === 'same')).toHaveLength(3);
  // Roles are not there: this server cannot store them.
  expect(exitCode).toBe(2);
});

test('an index that is older than the template is told, with the fields that it lacks', async () => {
  const older = 'logs-stepseal.audit.otel-older';
  const mappings = { dynamic: false, properties: { '@timestamp': { type: 'date_nanos' } } };
  const template = { index_patterns: [older], data_stream: {}, priority: 400, template: { mappings } };
  expect((await store.call('PUT', '/_index_template/older', template)).status).toBe(200);
  expect((await store.call('PUT', `/${older}/_create/1`, { '@timestamp': 1 })).status).toBe(201);
  const { stdout } = stepsealElastic(store, 'status', '--json');
  const { streams } = JSON.parse(stdout) as { streams: { name: string; staleFields: string[] }[] };
  expect(streams.find(({ name }) => name === older)?.staleFields).toContain('attributes.step_up.id');
});

test('uninstalling keeps the data and what it needs, and says so', async () => {
  const kept = stepsealElastic(store, 'uninstall');
  expect([kept.exitCode, kept.stdout]).toEqual([2, expect.stringContaining('in use by data that is there')]);
  const { body } = await store.call('GET', `/${STREAM}/_count`);
  expect((body as { count: number }).count).toBe(everyEvent().length + 1);
});

test('an object of the same name that others made is neither overwritten nor removed', async () => {
  const path = '/_component_template/stepseal-audit@mappings';
  const theirs = { template: { mappings: { properties: { mine: { type: 'keyword' } } } } };
  expect((await store.call('PUT', path, theirs)).status).toBe(200);
  const before = await store.call('GET', path);
  const installed = stepsealElastic(store, 'install', '--allow-missing');
  expect([installed.exitCode, installed.stderr]).toEqual([3, expect.stringContaining('ELASTIC_FOREIGN')]);
  expect(stepsealElastic(store, 'uninstall').stdout).toContain('not made by Stepseal');
  expect(await store.call('GET', path)).toEqual(before);
});
