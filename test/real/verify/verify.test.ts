// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { roleDescriptor } from '@stepseal/elastic';
import type { Finding } from '@stepseal/verifier';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { arrived, INDEX, type Service, service } from '../support/step-ups.ts';

const MAIN = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const PASSWORD = 'of-a-test-user';

let store: Elasticsearch;
let collector: Collector;
let bank: Service;
/** A passed step-up of the first stream, and the backing index of all. */
let document: Stored;

interface Stored {
  readonly _id: string;
  readonly _index: string;
  readonly _source: { readonly attributes: Readonly<Record<string, unknown>>; readonly [name: string]: unknown };
}

beforeAll(async () => {
  store = await elasticsearch({
    auditor: roleDescriptor('auditor'),
    reader: { indices: [{ names: ['logs-stepseal.audit.otel-*'], privileges: ['read', 'view_index_metadata'] }] },
    narrow: { indices: [{ names: ['logs-stepseal.audit.otel-default'], privileges: ['read'] }] },
  });
  for (const role of ['auditor', 'reader', 'narrow']) await store.addUser(role, PASSWORD, role);
  await installed(store);
  collector = await collectorWithFragment(store);
  bank = service('bank', collector.auditEndpoint);
  await bank.write(600);
  await bank.write(300);
  await arrived(store, bank.records());
  document = await recordOf(100);
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  if (bank) rmSync(bank.directory, { recursive: true, force: true });
});

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function stepseal(user: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    timeout: 300_000,
    env: {
      PATH: process.env['PATH'],
      STEPSEAL_ELASTICSEARCH_USER: user,
      STEPSEAL_ELASTICSEARCH_PASSWORD: user === 'elastic' ? store.password : PASSWORD,
    },
  });
  return { exitCode: status, stdout, stderr };
}

interface Verified {
  readonly exitCode: number | null;
  readonly findings: readonly Finding[];
  readonly streams: readonly { readonly stream: string; readonly records: number }[];
  readonly records: number;
}

function verifyAs(user: string, ...args: readonly string[]): Verified {
  const call = ['verify', '--elasticsearch', store.url, '--trust', bank.trustFile, '--json', ...args];
  const { exitCode, stdout, stderr } = stepseal(user, ...call);
  expect(stderr).toBe('');
  return { ...JSON.parse(stdout), exitCode };
}

function codes({ findings }: Verified): string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

async function recordOf(number: number): Promise<Stored> {
  const query = { term: { 'attributes.audit.sequence.number': number } };
  const { body } = await store.call('POST', `/${INDEX}/_search`, { size: 1, query });
  const [hit] = (body as { hits: { hits: Stored[] } }).hits.hits;
  if (hit === undefined) throw new Error(`no document of record ${number}`);
  return hit;
}

/** Puts it in the place of the document with its id, as an administrator can. */
async function put({ _id, _index, _source }: Stored): Promise<void> {
  const { body } = await store.call('GET', `/${_index}/_doc/${_id}`);
  const { _seq_no, _primary_term } = body as { _seq_no: number; _primary_term: number };
  const as = `if_seq_no=${_seq_no}&if_primary_term=${_primary_term}&refresh=true`;
  const { status } = await store.call('PUT', `/${_index}/_doc/${_id}?${as}`, _source);
  expect(status).toBe(200);
}

async function edited(edit: (source: Stored['_source']) => object): Promise<void> {
  onTestFinished(() => put(document));
  await put({ ...document, _source: edit(document._source) as Stored['_source'] });
}

async function removed(): Promise<void> {
  onTestFinished(create);
  await store.call('DELETE', `/${document._index}/_doc/${document._id}?refresh=true`);
}

/** Writes it into the newest index, as a Collector does. */
async function create(): Promise<void> {
  const { status } = await store.call('PUT', `/${INDEX}/_create/${document._id}?refresh=true`, document._source);
  expect(status).toBe(201);
}

test('what was sealed and delivered by the real line verifies in the index, for an auditor', () => {
  const verified = verifyAs('auditor');
  expect(verified.findings).toEqual([]);
  expect(verified.exitCode).toBe(0);
  expect(verified.streams).toHaveLength(2);
  expect(verified.records).toBe(bank.records());
});

test('a field that somebody edited is named with document and both values', async () => {
  await edited((source) => ({ ...source, attributes: { ...source.attributes, 'step_up.outcome': 'failed' } }));
  const verified = verifyAs('auditor');
  expect(verified.exitCode).toBe(1);
  expect(codes(verified)).toEqual(['tampered PROJECTION_MISMATCH']);
  const [finding] = verified.findings;
  expect(finding?.from).toBe(100);
  expect(finding?.field).toBe('attributes.step_up.outcome');
  expect(finding?.evidence).toBe(`Document ${document._id} of ${document._index} says "failed"; sealed is "passed".`);
  const reproduced = verifyAs('auditor', '--stream', finding?.stream ?? '');
  expect(codes(reproduced)).toContain('tampered PROJECTION_MISMATCH');
  const text = stepseal('auditor', 'verify', '--elasticsearch', store.url, '--trust', bank.trustFile);
  expect(text.stdout).toMatch(/^TAMPERED {2}the records are not what was sealed: PROJECTION_MISMATCH, record 100 of/);
});

test('a record that is not there is late while it is young, and then missing', async () => {
  await removed();
  const young = verifyAs('auditor');
  expect(codes(young)).toEqual(['incomplete NOT_YET_DELIVERED']);
  expect(young.exitCode).toBe(2);
  const old = verifyAs('auditor', '--delivery-grace', '0s');
  expect(codes(old)).toEqual(['tampered RECORD_MISSING']);
  expect(old.findings[0]?.from).toBe(100);
  expect(old.exitCode).toBe(1);
  // What stands behind the hole is proved all the same.
  expect(old.records).toBe(bank.records());
});

describe('documents that a search does not find', () => {
  test('behind the filter of an alias are counted', async () => {
    const filter = { term: { 'attributes.step_up.outcome': 'passed' } };
    const alias = 'audit-of-passed';
    await store.call('POST', '/_aliases', { actions: [{ add: { index: INDEX, alias, filter } }] });
    onTestFinished(async () => {
      await store.call('POST', '/_aliases', { actions: [{ remove: { index: INDEX, alias } }] });
    });
    const verified = verifyAs('elastic', '--data-stream', alias);
    expect(codes(verified)).toContain('tampered HIDDEN_DOCUMENTS');
    expect(verified.exitCode).toBe(1);
  });

  test('are named where an index has the name of the stream and is in none', async () => {
    const outside = `.ds-${INDEX}-2020.01.01-000999`;
    const { status } = await store.call('PUT', `/${outside}/_doc/1?refresh=true`, { a: 1 });
    expect(status).toBe(201);
    onTestFinished(async () => {
      await store.call('DELETE', `/${outside}`);
    });
    const verified = verifyAs('elastic');
    expect(codes(verified)).toEqual(['tampered HIDDEN_DOCUMENTS']);
    expect(verified.findings[0]?.evidence).toContain(outside);
  });
});

describe('who may not see all', () => {
  test('is told that nobody counted', () => {
    const verified = verifyAs('reader');
    expect(codes(verified)).toEqual(['info UNREADABLE']);
    expect(verified.exitCode).toBe(0);
  });

  test('gets no pass where the name stands for more than may be read', () => {
    const verified = verifyAs('narrow');
    expect(codes(verified)).toContain('incomplete UNREADABLE');
    expect(verified.exitCode).toBe(2);
  });

  test('gets no verdict with a wrong password, which is not repeated', () => {
    const { exitCode, stdout, stderr } = stepseal('nobody', 'verify', '--elasticsearch', store.url);
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^stepseal: SOURCE_UNREADABLE: /);
    expect(stderr).not.toContain(PASSWORD);
  });
});

test('one stream, and a part of the time, are read whole', () => {
  const all = verifyAs('auditor');
  const [first, second] = all.streams.toSorted((a, b) => (a.stream < b.stream ? -1 : 1));
  const one = verifyAs('auditor', '--stream', second?.stream ?? '');
  expect(one.streams).toEqual([second]);
  expect(codes(one)).toEqual(['info OUT_OF_RANGE']);
  expect(one.exitCode).toBe(0);
  const before = verifyAs('auditor', '--until', '2020-01-01');
  expect(before.exitCode).toBe(3);
  const recent = verifyAs('auditor', '--since', '1h');
  expect(recent.exitCode).toBe(0);
  expect(recent.streams.map(({ stream }) => stream).sort()).toEqual([first?.stream, second?.stream]);
});

test('the same document again in the index of after a roll-over is information', async () => {
  await store.call('POST', `/${INDEX}/_rollover`);
  await create();
  const verified = verifyAs('auditor');
  expect(codes(verified)).toEqual(['info DUPLICATE_IDENTICAL']);
  expect(verified.exitCode).toBe(0);
});
