// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAnswer } from '../../../packages/elastic/src/kibana/answer.ts';
import { DASHBOARDS, SAVED_SEARCHES } from '../../../packages/elastic/src/kibana/dashboards.ts';
import type { AnswerRow } from '../../../packages/elastic/src/kibana/panel.ts';
import { searchRequest } from '../../../packages/elastic/src/kibana/search-request.ts';
import { queryOf } from '../../../packages/elastic/src/kibana/where.ts';
import { KibanaServer } from '../../../packages/elastic/test/kibana/support/kibana-server.ts';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { arrived, sealedIn } from '../support/step-ups.ts';
import { stepsealElasticAndKibana } from './support/stepseal-async.ts';
import { documentsOfTheTrail, story } from './support/story.ts';

const STREAM = 'logs-stepseal.audit.otel-default';
const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-kibana-'));

let store: Elasticsearch;
let collector: Collector;

beforeAll(async () => {
  store = await elasticsearch();
  await installed(store);
  collector = await collectorWithFragment(store);
  const pipeline = startAuditPipeline({
    deployment: 'real',
    dataDir: join(directory, 'data'),
    identity: createKeys(join(directory, 'keys')).signer('real'),
    delivery: { endpoint: collector.auditEndpoint },
    resource: { 'service.name': 'panels-of-the-tests' },
    exitHooks: false,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  for (const record of story()) logger.emit(record);
  await pipeline.shutdown();
  for (const [index, document] of documentsOfTheTrail().entries()) {
    expect((await store.call('PUT', `/${STREAM}/_create/trail-${index}`, document)).status).toBe(201);
  }
  await arrived(store, sealedIn(join(directory, 'data')) + documentsOfTheTrail().length);
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** `*` in the expected answer stands for some value that each run has another of. */
function comparable(found: readonly AnswerRow[], expected: readonly AnswerRow[]): AnswerRow[] {
  return found.map((row, index) =>
    row.map((value, column) => (expected[index]?.[column] === '*' && value !== null ? '*' : value)),
  );
}

describe.each(DASHBOARDS)('$title', (dashboard) => {
  test.each(dashboard.panels)(
    '$title: the search request has the answer that the documentation shows',
    async (panel) => {
      const { status, body } = await store.call('POST', `/${STREAM}/_search`, searchRequest(dashboard, panel));
      expect([status, (body as { error?: unknown }).error]).toEqual([200, undefined]);
      const answer = readAnswer(panel, body);
      expect(comparable(answer, panel.answer)).toEqual(panel.answer);
    },
  );
});

const FOUND: Readonly<Record<string, number>> = {
  'stepseal-search-step-ups': 38,
  'stepseal-search-demands': 10,
  'stepseal-search-failures': 4,
  'stepseal-search-granted-without-proof': 2,
  'stepseal-search-enrolments': 1,
  'stepseal-search-verifications': 4,
  'stepseal-search-declared-losses': 5,
};

test.each(SAVED_SEARCHES)('$title: finds those records and no others', async ({ id, where }) => {
  const { body } = await store.call('POST', `/${STREAM}/_count`, { query: queryOf(where) });
  expect((body as { count?: number }).count).toBe(FOUND[id]);
});

describe('the command, told of a Kibana', () => {
  const kibana = new KibanaServer();
  let url: string;

  beforeAll(async () => {
    url = await kibana.start();
  });

  afterAll(() => kibana.stop());

  const kinds = (stdout: string): string[] =>
    (JSON.parse(stdout) as { steps: { did: string; kind: string }[] }).steps
      .filter(({ kind }) => ['data view', 'dashboard', 'saved search'].includes(kind))
      .map(({ did, kind }) => `${did} ${kind}`);

  test('installs into both, once, shows that nothing differs, and takes its own out again', async () => {
    const run = (...args: string[]): ReturnType<typeof stepsealElasticAndKibana> =>
      stepsealElasticAndKibana(store, url, ...args);
    const first = await run('install', '--allow-missing', '--without-roles', '--json');
    expect([first.exitCode, first.stderr, new Set(kinds(first.stdout))]).toEqual([
      0,
      '',
      new Set(['created data view', 'created dashboard', 'created saved search']),
    ]);
    const again = await run('install', '--allow-missing', '--without-roles', '--json');
    expect(new Set(kinds(again.stdout).map((step) => step.split(' ')[0]))).toEqual(new Set(['unchanged']));
    expect((await run('diff', '--without-roles')).exitCode).toBe(0);
    const status = (await run('status', '--without-roles')).stdout;
    expect(status).toMatch(/version \S+ +dashboard +stepseal-integrity/);

    kibana.dashboards.set('stepseal-integrity', { ...kibana.dashboards.get('stepseal-integrity'), title: 'Mine' });
    const diff = await run('diff', '--without-roles');
    expect([diff.exitCode, diff.stdout]).toEqual([1, expect.stringContaining('- title: Mine\n  + title: Integrity')]);

    await run('uninstall', '--without-roles');
    expect([kibana.dashboards.size, kibana.dataViews.size, kibana.searches.size]).toEqual([0, 0, 0]);
  });

  test('writes nothing to Elasticsearch either when somebody else has the id of a dashboard', async () => {
    kibana.dashboards.set('stepseal-integrity', { title: 'theirs', description: '' });
    const template = '/_component_template/stepseal-audit@settings';
    const before = await store.call('GET', template);
    const { exitCode, stderr } = await stepsealElasticAndKibana(store, url, 'install', '--retain', '7 years');
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('ELASTIC_FOREIGN')]);
    expect(await store.call('GET', template)).toEqual(before);
  });
});
