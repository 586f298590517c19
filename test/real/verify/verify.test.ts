// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { arrived, type Service, service } from '../support/step-ups.ts';

const MAIN = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

let store: Elasticsearch;
let collector: Collector;
let bank: Service;

beforeAll(async () => {
  store = await elasticsearch();
  await installed(store);
  collector = await collectorWithFragment(store);
  bank = service('bank', collector.auditEndpoint);
  await bank.write(1_000);
  // Open, four seals at least, close.
  await arrived(store, 1_006);
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
});

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function stepseal(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      PATH: process.env['PATH'],
      STEPSEAL_ELASTICSEARCH_USER: 'elastic',
      STEPSEAL_ELASTICSEARCH_PASSWORD: store.password,
    },
  });
  return { exitCode: status, stdout, stderr };
}

test('what was sealed and delivered by the real line verifies in the index', () => {
  const { exitCode, stdout, stderr } = stepseal('verify', '--elasticsearch', store.url, '--trust', bank.trustFile, '--json');
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  expect(report.findings).toEqual([]);
  expect(report.grade).toBe('SEALED');
  expect(report.records).toBeGreaterThan(1_000);
  expect(exitCode).toBe(0);
});
