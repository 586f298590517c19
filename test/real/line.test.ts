// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordHash } from '@stepseal/core/format';
import { startAuditPipeline } from '@stepseal/processor';
import { createKeys } from '@stepseal/processor/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documents } from './collector/support/records.ts';
import { installed } from './support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from './support/parts.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-'));

let store: Elasticsearch;
let collector: Collector;

beforeAll(async () => {
  store = await elasticsearch();
  await installed(store);
  collector = await collectorWithFragment(store);
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('what was sealed arrives in Elasticsearch through an unmodified Collector, byte for byte and once', async () => {
  const dataDir = join(directory, 'data');
  const pipeline = startAuditPipeline({
    deployment: 'real',
    dataDir,
    identity: createKeys(join(directory, 'keys')).signer('real'),
    delivery: { endpoint: collector.auditEndpoint, compression: 'gzip' },
    resource: { 'service.name': 'real-bank' },
    exitHooks: false,
  });
  const logger = pipeline.loggerProvider.getLogger('test');
  for (let i = 0; i < 1_000; i++) {
    logger.emit({
      eventName: 'step_up.completed',
      attributes: { 'step_up.id': `step-up-${i}`, 'step_up.outcome': 'passed', 'user.hash': 'u' },
    });
  }
  await pipeline.shutdown();
  const sealed = globSync(join(dataDir, 'writers/*/*.ndjson')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"note"')),
  );
  const found = await documents(store, sealed.length);
  expect(found.length).toBe(sealed.length);
  const stored = new Map(found.map(({ _id, _source }) => [_id, _source.attributes['audit.integrity.payload']]));
  for (const line of sealed) expect(stored.get(recordHash(line))).toBe(line);
});
