// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLE_NAMES, roleDescriptor } from '@stepseal/elastic';
import { type AuditPipeline, startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { sealedIn } from '../support/step-ups.ts';
import { until } from '../support/until.ts';
import { type As, start, stepseal } from './support/command.ts';
import { DATA_STREAM, documentsOnceThere } from './support/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-watch-'));
const PASSWORD = 'auditor-of-the-tests';

let store: Elasticsearch;
let collector: Collector;
let auditor: As;
let service: AuditPipeline;

beforeAll(async () => {
  store = await elasticsearch({ [ROLE_NAMES.auditor]: roleDescriptor('auditor') });
  store.addUser('auditor', PASSWORD, ROLE_NAMES.auditor);
  await installed(store);
  collector = await collectorWithFragment(store);
  auditor = {
    cwd: directory,
    env: { STEPSEAL_ELASTICSEARCH_USER: 'auditor', STEPSEAL_ELASTICSEARCH_PASSWORD: PASSWORD },
  };
  service = startAuditPipeline({
    deployment: 'bank',
    dataDir: join(directory, 'bank'),
    identity: createKeys(join(directory, 'bank-keys')).signer('bank'),
    delivery: { endpoint: collector.auditEndpoint },
    exitHooks: false,
  });
  stepUps('first', 300);
  await service.forceFlush();
  await documentsOnceThere(store, sealedIn(join(directory, 'bank')));
});

afterAll(async () => {
  await service?.shutdown();
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function stepUps(name: string, count: number): void {
  const logger = service.loggerProvider.getLogger('test');
  for (let i = 0; i < count; i++) {
    logger.emit({
      eventName: 'step_up.completed',
      attributes: { 'step_up.id': `${name}-${i}`, 'step_up.outcome': 'passed' },
    });
  }
}

interface Told {
  readonly grade: string;
  readonly extent: string;
  readonly records: number;
}

/** What the index says of verifications, newest first. */
async function verified(): Promise<Record<string, unknown>[]> {
  await store.call('POST', `/${DATA_STREAM}/_refresh`);
  const { body } = await store.call('POST', `/${DATA_STREAM}/_search`, {
    size: 1_000,
    query: { term: { event_name: 'stepseal.verified' } },
    sort: [{ '@timestamp': 'desc' }],
  });
  const { hits } = (body as { hits: { hits: { _source: { attributes: Record<string, unknown> } }[] } }).hits;
  return hits.map(({ _source }) => _source.attributes);
}

test('a watch follows what grows, seals each result into the index it watches, and finds what is altered there', async () => {
  for (const [dir, deployment] of [
    ['bank-keys', 'bank'],
    ['.stepseal-verifier/keys', 'bank/verifier'],
  ] as const) {
    if (deployment === 'bank/verifier') await stepseal(auditor, 'keys', 'new', '--dir', dir);
    const added = await stepseal(auditor, 'trust', 'add', '--from', dir, '--deployment', deployment);
    expect([added.stderr, added.exitCode]).toEqual(['', 0]);
  }
  const line = `verify --watch --interval 1s --full-every 1000 --json --deployment bank --elasticsearch ${store.url}`;
  const { child, ended } = start(auditor, [...line.split(' '), '--endpoint', collector.auditEndpoint]);
  const rounds: Told[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    rounds.push(...lines.map((line) => JSON.parse(line) as Told));
  });
  try {
    await until('two rounds', () => rounds.length >= 2);
    expect(rounds[0]).toMatchObject({ grade: 'SEALED', extent: 'full' });

    stepUps('second', 50);
    await until('the new records are verified', () => (rounds.at(-1)?.records ?? 0) >= 350);
    expect(rounds.slice(1).filter(({ extent, grade }) => extent !== 'grown' || grade !== 'SEALED')).toEqual([]);
    await until('a result in the index', async () => (await verified()).length > 0);
    expect((await verified()).at(-1)).toMatchObject({
      'stepseal.verified.grade': 'SEALED',
      'stepseal.verified.extent': 'full',
      'stepseal.verified.findings.tampered': 0,
      'audit.actor.id': 'bank/verifier',
      'audit.outcome': 'success',
    });

    const { body } = await store.call('POST', `/${DATA_STREAM}/_search`, {
      size: 1,
      query: { term: { 'attributes.step_up.id': 'first-7' } },
    });
    const [hit] = (body as { hits: { hits: { _id: string; _index: string }[] } }).hits.hits;
    const edit = { doc: { attributes: { 'step_up.outcome': 'failed' } } };
    expect((await store.call('POST', `/${hit?._index}/_update/${hit?._id}`, edit)).status).toBe(200);
    await until('the alarm', () => rounds.at(-1)?.grade === 'TAMPERED');
    await until(
      'the alarm in the index',
      async () => (await verified())[0]?.['stepseal.verified.grade'] === 'TAMPERED',
    );
    expect((await verified())[0]).toMatchObject({ 'audit.outcome': 'failure' });
    const codes = (await verified())[0]?.['stepseal.verified.codes'];
    expect([codes].flat()).toContain('PROJECTION_MISMATCH');
  } finally {
    child.kill('SIGTERM');
  }
  const { exitCode, stderr } = await ended;
  expect([exitCode, stderr]).toEqual([0, '']);
  const own = await stepseal(auditor, 'verify', '.stepseal-verifier/records');
  expect([own.stderr, own.exitCode]).toEqual(['', 0]);
  expect(own.stdout).toContain('1 closed');
});
