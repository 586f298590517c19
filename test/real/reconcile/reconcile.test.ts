// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLE_NAMES, roleDescriptor } from '@stepseal/elastic';
import { startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { type As, type Ran, stepseal } from './support/command.ts';
import { documents, documentsOnceThere, lose } from './support/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-reconcile-'));
const PASSWORD = 'auditor-of-the-tests';
const EVENTS = 1_000;

let store: Elasticsearch;
let collector: Collector;
/** The auditor, who may read and nothing else. */
let auditor: As;

beforeAll(async () => {
  store = await elasticsearch({ [ROLE_NAMES.auditor]: roleDescriptor('auditor') });
  store.addUser('auditor', PASSWORD, ROLE_NAMES.auditor);
  await installed(store);
  collector = await collectorWithFragment(store);
  auditor = {
    cwd: directory,
    env: {
      STEPSEAL_ELASTICSEARCH_URL: store.url,
      STEPSEAL_ELASTICSEARCH_USER: 'auditor',
      STEPSEAL_ELASTICSEARCH_PASSWORD: PASSWORD,
    },
  };
  await seal(join(directory, '.stepseal'), collector.auditEndpoint);
  await documentsOnceThere(store, sealedIn(join(directory, '.stepseal')));
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function sealedIn(dataDir: string): number {
  return globSync(join(dataDir, 'writers/*/*.ndjson'))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"attributes"')).length;
}

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
  return stepseal(auditor, 'reconcile', '--delivery-grace', '0s', '--endpoint', collector.auditEndpoint, ...args);
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
