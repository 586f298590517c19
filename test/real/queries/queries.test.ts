// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROLE_NAMES, roleDescriptor } from '@stepseal/elastic';
import { type AuditPipeline, type Clock, startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documents, sealed } from '../collector/support/records.ts';
import { installed } from '../support/installed.ts';
import { type Collector, callAs, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { afterwards, answers } from './support/answers.ts';
import { rowsOfEsql } from './support/esql.ts';
import { queryOfKql } from './support/kql.ts';
import { filled, type Recipe, recipes } from './support/recipes.ts';
import { type Row, rowsOf } from './support/rows.ts';
import { type Event, events } from './support/scenario.ts';

const STREAM = '/logs-stepseal.audit.otel-default';
const directory = mkdtempSync(join(tmpdir(), 'stepseal-queries-'));
const SERVICES = ['bank', 'late', 'idle'] as const;

let store: Elasticsearch;
/** Questions are asked as somebody who may only read. */
let ask: Elasticsearch['call'];
let collector: Collector;
const open: AuditPipeline[] = [];

beforeAll(async () => {
  store = await elasticsearch({ [ROLE_NAMES.auditor]: roleDescriptor('auditor') });
  await store.addUser('auditor', 'auditor-of-the-tests', ROLE_NAMES.auditor);
  ask = callAs(store.url, 'auditor', 'auditor-of-the-tests');
  await installed(store);
  collector = await collectorWithFragment(store);

  const bank = service('bank');
  emit(bank, events);
  // Refused, and therefore declared: a date is no value, and only the sealer says what was lost.
  const logger = bank.loggerProvider.getLogger('test');
  logger.emit({ eventName: 'order.placed', attributes: { placed: new Date() as never } });
  logger.emit({ eventName: 'stepseal.gap' });
  await bank.shutdown();

  // Open, one of them as if its last seal were ten minutes ago.
  open.push(service('late', { wallMs: () => Date.now() - 600_000, monotonicMs: () => performance.now() }));
  open.push(service('idle'));
  for (const pipeline of open) {
    emit(pipeline, [{ eventName: 'step_up.evaluated', timestamp: new Date(), attributes: {} }]);
    await pipeline.forceFlush();
  }
  await documents(store, SERVICES.flatMap((name) => [...sealed(join(directory, name)).keys()]).length);
  // What is open goes on sealing: no question is to see more than the one before it, or a part of a batch.
  const still = { 'index.refresh_interval': '-1' };
  expect((await store.call('PUT', `${STREAM}/_settings`, still)).status).toBe(200);
});

afterAll(async () => {
  for (const pipeline of open) await pipeline.shutdown();
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('no question is without an expected answer, and no answer without its question', () => {
  expect(Object.keys(answers).sort()).toEqual(recipes.map(({ name }) => name).sort());
  expect(Object.keys(afterwards).sort()).toEqual(recipes.flatMap((one) => (one.then ? [one.name] : [])).sort());
});

const questions = recipes.map((recipe) => [
  recipe.name,
  filled(recipe, { USER: 'ana', ROUTE: '/transfers', STEP_UP: 'eve-2' }),
]) as [string, Recipe][];

test.each(questions)('the request beside %s is answered with what happened', async (name, recipe) => {
  expect(await answered(recipe)).toEqual(answers[name]?.(streamOf('late')));
});

test.each(questions)('the ES|QL of %s, read by the tests themselves, gives the same table', async (name, recipe) => {
  expect(rowsOfEsql(recipe.esql, await everything())).toEqual(answers[name]?.(streamOf('late')));
});

test.each(questions.filter(([, { kql }]) => kql !== undefined))(
  'the KQL of %s finds the documents that the answer is made of',
  async (_name, recipe) => {
    const time = {
      range: { '@timestamp': { gte: /now-\d+d/.exec(JSON.stringify(recipe.request))?.[0] ?? 'now-1000d' } },
    };
    const found = await ids({ bool: { filter: [queryOfKql(recipe.kql ?? ''), time] } });
    expect(found).toEqual(await ids(recipe.request.query));
    expect(found.length > 0).toBe(recipe.name !== 'documents-without-a-seal');
  },
);

test('a changed payload, a deleted and an invented document are what three of the questions find', async () => {
  const [changed, deleted] = [...sealed(join(directory, 'idle')).keys()];
  const { body } = await store.call('POST', `${STREAM}/_search`, {
    query: { ids: { values: [changed, deleted] } },
    seq_no_primary_term: true,
  });
  const hits = (body as Found).hits.hits;
  const hit = hits.find(({ _id }) => _id === changed) as Hit;
  const index = hit._index;
  const original = hit._source;
  const payload = `${original.attributes['audit.integrity.payload']} `;
  const unchanged = `if_seq_no=${hit._seq_no}&if_primary_term=${hit._primary_term}`;
  const edited = { ...original, attributes: { ...original.attributes, 'audit.integrity.payload': payload } };
  expect((await store.call('PUT', `/${index}/_doc/${changed}?${unchanged}`, edited)).status).toBe(200);
  expect((await store.call('DELETE', `/${index}/_doc/${deleted}`)).status).toBe(200);
  const invented = { '@timestamp': '1700000000000.0', event_name: 'step_up.completed', attributes: {} };
  expect((await store.call('PUT', `${STREAM}/_create/invented`, invented)).status).toBe(201);
  await store.call('POST', `${STREAM}/_refresh`);

  for (const name of ['recomputed-hashes', 'gaps-in-numbers', 'documents-without-a-seal']) {
    const recipe = questions.find(([one]) => one === name)?.[1] as Recipe;
    const rows = (await answered(recipe)).map(({ payload: _, ...row }) => row);
    expect([name, rowsOfEsql(recipe.esql, await everything())]).toEqual([name, rows]);
  }
  expect(await answeredOf('recomputed-hashes')).toEqual([
    expect.objectContaining({ _id: changed, 'attributes.audit.integrity.hash': changed }),
  ]);
  expect(await answeredOf('gaps-in-numbers')).toEqual([
    expect.objectContaining({ stream: streamOf('idle'), missing: 1 }),
  ]);
  expect(await answeredOf('documents-without-a-seal')).toMatchObject([{ _id: 'invented' }]);
});

interface Found {
  readonly hits: { readonly hits: readonly Hit[] };
}

interface Hit {
  readonly _id: string;
  readonly _index: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: { readonly attributes: Readonly<Record<string, string>> };
  readonly fields: Readonly<Record<string, readonly unknown[]>>;
}

async function answered(recipe: Recipe): Promise<readonly Row[]> {
  const { status, body } = await ask('POST', `${STREAM}/_search`, recipe.request);
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  const rows = rowsOf(recipe, body);
  return afterwards[recipe.name]?.(rows) ?? rows;
}

function answeredOf(name: string): Promise<readonly Row[]> {
  return answered(questions.find(([one]) => one === name)?.[1] as Recipe);
}

/** Every document by its fields, as a query of all of them sees it. */
async function everything(): Promise<readonly Row[]> {
  const { body } = await ask('POST', `${STREAM}/_search`, { size: 10_000, _source: false, fields: ['*'] });
  return (body as Found).hits.hits.map(({ _id, fields }) => {
    const values = Object.entries(fields).map(([field, list]) => [field, list.length > 1 ? list : list[0]]);
    return { _id, ...(Object.fromEntries(values) as Row) };
  });
}

async function ids(query: object): Promise<string[]> {
  const { body } = await ask('POST', `${STREAM}/_search`, { size: 10_000, _source: false, query });
  return (body as Found).hits.hits.map(({ _id }) => _id).sort();
}

function service(name: (typeof SERVICES)[number], clock?: Clock): AuditPipeline {
  return startAuditPipeline({
    deployment: 'real',
    dataDir: join(directory, name, 'data'),
    identity: createKeys(join(directory, name, 'keys')).signer('real'),
    delivery: { endpoint: collector.auditEndpoint },
    resource: { 'service.name': name },
    exitHooks: false,
    ...(clock && { clock }),
    // The refusals are meant.
    onDiagnostic: () => {},
  });
}

function emit(pipeline: AuditPipeline, records: readonly Event[]): void {
  const logger = pipeline.loggerProvider.getLogger('test');
  for (const record of records) logger.emit(record);
}

function streamOf(name: (typeof SERVICES)[number]): string {
  const [file = ''] = globSync(join(directory, name, 'data/writers/*/*.ndjson'));
  return basename(file, '.ndjson');
}
