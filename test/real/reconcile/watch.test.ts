// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditPipeline, startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RealLine } from '../support/line.ts';
import type { Collector, Elasticsearch } from '../support/parts.ts';
import { sealedIn } from '../support/step-ups.ts';
import { until } from '../support/until.ts';
import { auditedLine } from './support/audited-line.ts';
import { type As, start, stepseal } from './support/command.ts';
import { DATA_STREAM, documentsOnceThere } from './support/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-watch-'));

let line: RealLine;
let store: Elasticsearch;
let collector: Collector;
let auditor: As;
let service: AuditPipeline;

beforeAll(async () => {
  const audited = await auditedLine(directory);
  line = audited;
  ({ store, collector, auditor } = audited);
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
  await line?.stop();
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
  const call = `verify --watch --interval 1s --full-every 1000 --json --deployment bank --elasticsearch ${store.url}`;
  const { child, ended } = start(auditor, [...call.split(' '), '--endpoint', collector.auditEndpoint]);
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
    const grown = ({ extent, grade, records }: Told): boolean =>
      extent === 'grown' && grade === 'SEALED' && records >= 350;
    await until('the new records to be verified', () => rounds.some(grown));
    // A round that sees a batch half written says so, and that is no alarm.
    expect(rounds.filter(({ grade }) => grade !== 'SEALED' && grade !== 'INCOMPLETE')).toEqual([]);
    const full = (told: Record<string, unknown>): boolean => told['stepseal.verified.extent'] === 'full';
    const results = await until('the first result in the index', verified, (all) => all.some(full));
    expect(results.findLast(full)).toMatchObject({
      'stepseal.verified.grade': 'SEALED',
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
    const tampered = (told: Record<string, unknown>): boolean => told['stepseal.verified.grade'] === 'TAMPERED';
    const alarm = (await until('the alarm in the index', verified, (all) => all.some(tampered))).find(tampered);
    expect(alarm).toMatchObject({ 'audit.outcome': 'failure' });
    expect([alarm?.['stepseal.verified.codes']].flat()).toContain('PROJECTION_MISMATCH');
  } finally {
    child.kill('SIGTERM');
  }
  const { exitCode, stderr } = await ended;
  expect([exitCode, stderr]).toEqual([0, '']);
  const own = await stepseal(auditor, 'verify', '.stepseal-verifier/records');
  expect([own.stderr, own.exitCode]).toEqual(['', 0]);
  expect(own.stdout).toContain('1 closed');
});
