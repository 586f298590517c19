// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordHash } from '@stepseal/core/format';
import { startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RealLine } from '../support/line.ts';
import type { Collector, Elasticsearch } from '../support/parts.ts';
import { sealedIn } from '../support/step-ups.ts';
import { auditedLine } from './support/audited-line.ts';
import { type As, type Ran, stepseal } from './support/command.ts';
import { DATA_STREAM, documents, documentsOnceThere, lose } from './support/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-reconcile-'));
const EVENTS = 1_000;

let line: RealLine;
let store: Elasticsearch;
let collector: Collector;
let auditor: As;

beforeAll(async () => {
  const audited = await auditedLine(directory);
  line = audited;
  ({ store, collector, auditor } = audited);
  auditor = { ...auditor, env: { ...auditor.env, STEPSEAL_ELASTICSEARCH_URL: store.url } };
  await seal(join(directory, '.stepseal'), collector.auditEndpoint);
  await documentsOnceThere(store, sealedIn(join(directory, '.stepseal')));
});

afterAll(async () => {
  await line?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function seal(dataDir: string, endpoint: string | undefined): Promise<void> {
  const pipeline = startAuditPipeline({
    deployment: 'real',
    dataDir,
    identity: createKeys(`${dataDir}-keys`).signer('real'),
    ...(endpoint === undefined ? {} : { delivery: { endpoint } }),
    resource: { 'service.name': 'real-bank' },
    exitHooks: false,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  for (let i = 0; i < EVENTS; i++) {
    logger.emit({ eventName: 'step_up.completed', attributes: { 'step_up.id': `step-up-${i}`, 'user.hash': 'u' } });
  }
  await pipeline.shutdown();
}

function reconcile(...args: readonly string[]): Promise<Ran> {
  const flags = ['--delivery-grace', '0s', '--wait', '5min', '--endpoint', collector.auditEndpoint];
  return stepseal(auditor, 'reconcile', ...flags, ...args);
}

test('an index that has everything is told from one that lost records, and those come back under their ids', async () => {
  const whole = await documents(store);
  const untouched = await reconcile('--json');
  expect([untouched.stderr, untouched.exitCode, JSON.parse(untouched.stdout)]).toMatchObject([
    '',
    0,
    { missing: 0, sent: 0 },
  ]);

  const lost = whole.filter(({ number }) => number % 7 === 0);
  await lose(store, lost);
  expect((await documents(store)).length).toBe(whole.length - lost.length);

  const looked = await reconcile('--dry-run');
  expect(looked.stdout).toContain(`${lost.length} records are missing in the index`);
  expect([looked.stderr, looked.exitCode]).toEqual(['', 2]);
  expect((await documents(store)).length).toBe(whole.length - lost.length);

  const mended = await reconcile('--json');
  expect([mended.stderr, mended.exitCode]).toEqual(['', 0]);
  const result = JSON.parse(mended.stdout);
  expect(result).toMatchObject({
    missing: lost.length,
    sent: lost.length,
    thereNow: lost.length,
    stillMissing: 0,
    taken: 0,
  });
  const idsOf = (all: readonly { id: string }[]): string[] => all.map(({ id }) => id).sort();
  expect(idsOf(await documents(store))).toEqual(idsOf(whole));
});

test('both copies are verified as one, and what one has and the other lacks is named by number', async () => {
  const trusted = await stepseal(auditor, 'trust', 'add', '--from', '.stepseal-keys', '--deployment', 'real');
  expect([trusted.stderr, trusted.exitCode]).toEqual(['', 0]);
  const verify = (...args: string[]): Promise<Ran> =>
    stepseal(auditor, 'verify', '--elasticsearch', store.url, '--segments', '.stepseal', ...args);
  const whole = await verify();
  expect([whole.stderr, whole.exitCode]).toEqual(['', 0]);
  expect(whole.stdout).toContain('Each has what the other has.');

  const [some] = (await documents(store)).filter(({ number }) => number === 500);
  const lost = (await documents(store)).filter(
    ({ stream, number }) => stream === some?.stream && number > 700 && number < 711,
  );
  await lose(store, lost);
  const late = await verify('--delivery-grace', '0s', '--json');
  expect([late.stderr, late.exitCode]).toEqual(['', 1]);
  const { copies, findings } = JSON.parse(late.stdout);
  expect(copies).toMatchObject({ onTheWay: [], onlyIndex: [] });
  expect(copies.onlySegments).toEqual([
    { stream: some?.stream, records: 10, numbers: [701, 702, 703, 704, 705, 706, 707, 708, 709, 710] },
  ]);
  expect(findings.map(({ code }: { code: string }) => code)).toContain('RECORD_MISSING');
  const young = await verify();
  expect([young.stderr, young.exitCode]).toEqual(['', 2]);
  expect(young.stdout).toContain('10 records only in the segments, and young: they may still come');
  expect((await reconcile()).exitCode).toBe(0);
  expect((await verify('--delivery-grace', '0s')).exitCode).toBe(0);
});

test('an id that a foreign document has taken is named, left as it is, and free again once that is gone', async () => {
  await seal(join(directory, 'squatted'), undefined);
  const [file = ''] = globSync(join(directory, 'squatted/writers/*/*.ndjson'));
  const line = readFileSync(file, 'utf8').split('\n')[20] ?? '';
  const id = recordHash(line);
  const foreign = { '@timestamp': Date.now(), attributes: { 'step_up.id': 'mine' } };
  expect((await store.call('PUT', `/${DATA_STREAM}/_create/${id}?refresh=true`, foreign)).status).toBe(201);
  const found = await reconcile('--segments', 'squatted');
  expect([found.stderr, found.exitCode]).toEqual(['', 1]);
  const [, wayOut = ''] = /this is run again: DELETE (\S+)/.exec(found.stdout) ?? [];
  expect(wayOut).toContain(id);
  const before = (await documents(store)).find((document) => document.id === id);
  expect(before?.stream).toBe('undefined');
  await store.call('DELETE', `${wayOut}?refresh=true`);
  const mended = await reconcile('--segments', 'squatted', '--json');
  expect([mended.exitCode, JSON.parse(mended.stdout)]).toMatchObject([0, { missing: 1, thereNow: 1, taken: 0 }]);
});
