// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The parts of docker-compose.yml that need no Docker, with each other: its load, its Collector's configuration and its
// verifier, with the arguments that it gives them.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROLE_NAMES, roleDescriptor } from '@stepseal/elastic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ServerProcess } from '../../../scripts/real/server-process.mjs';
import { type RunningCollector, startWhole } from '../collector/support/collectors.ts';
import { installed } from '../support/installed.ts';
import { type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const STREAM = '/logs-stepseal.audit.otel-default';
const directory = mkdtempSync(join(tmpdir(), 'stepseal-without-docker-'));
const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')) as {
  services: Record<string, { command: readonly string[]; environment: Record<string, string> }>;
};

let store: Elasticsearch;
let collector: RunningCollector;
const running: ServerProcess[] = [];

beforeAll(async () => {
  store = await elasticsearch({
    // Of a server that stores no roles; `install` of the compose file makes the stream, so its writer needs no more.
    [ROLE_NAMES.writer]: roleDescriptor('writer', { autoConfigure: true }),
    [ROLE_NAMES.auditor]: roleDescriptor('auditor'),
  });
  await store.addUser('stepseal_collector', 'secret-of-the-writer', ROLE_NAMES.writer);
  await store.addUser('stepseal_auditor', 'secret-of-the-auditor', ROLE_NAMES.auditor);
  await installed(store);
  for (const name of ['records', 'verifier']) mkdirSync(join(directory, name));
  for (const name of ['writer', 'auditor']) writeFileSync(join(directory, name), `secret-of-the-${name}`);
  collector = await startWhole('gateway.yaml', join(directory, 'gateway'), {
    STEPSEAL_ELASTICSEARCH_ENDPOINT: store.url,
    STEPSEAL_ELASTICSEARCH_USER: 'stepseal_collector',
    STEPSEAL_ELASTICSEARCH_PASSWORD: here(
      compose.services['collector']?.environment['STEPSEAL_ELASTICSEARCH_PASSWORD'],
    ),
  });
});

afterAll(async () => {
  for (const server of running) await server.stop('SIGKILL');
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What the compose file says of a path or address in a container, for this machine. */
function here(text = ''): string {
  return text
    .replaceAll('$$', '$')
    .replace('/run/stepseal', directory)
    .replace('/var/lib/stepseal-verifier', join(directory, 'verifier'))
    .replace('/var/lib/stepseal/records', join(directory, 'records'))
    .replace('http://elasticsearch:9200', store.url)
    .replace('http://collector:4319', collector?.endpoint);
}

function start(service: string, ...more: readonly string[]): ServerProcess {
  const { command, environment } = compose.services[service] ?? { command: [], environment: {} };
  const [, script = '', ...args] = command.map(here);
  const values = Object.entries(environment).map(([name, value]) => [name, here(value)]);
  const server = new ServerProcess(process.execPath, [join(ROOT, script), ...args, ...more], {
    env: { PATH: process.env['PATH'], ...Object.fromEntries(values) },
    log: join(directory, `${service}.log`),
    // The bank is two services, and the verifier starts the command.
    group: true,
  });
  running.push(server);
  return server;
}

/** How many documents meet each of the queries. */
async function counts(queries: readonly object[]): Promise<number[]> {
  await store.call('POST', `${STREAM}/_refresh`);
  return Promise.all(
    queries.map(async (query) => {
      const { body } = await store.call('POST', `${STREAM}/_count`, { query });
      return (body as { count?: number }).count ?? 0;
    }),
  );
}

test('the load has something of everything, and the verifier seals that all of it is as it was sealed', async () => {
  const bank = start('bank');
  const verifier = start('verifier', '--interval', '5s');
  const attribute = (name: string, value: string | boolean): object => ({ term: { [`attributes.${name}`]: value } });
  const worthLookingAt = [
    ...['passed', 'failed', 'abandoned', 'expired', 'locked_out'].map((value) => attribute('step_up.outcome', value)),
    attribute('step_up.requirement_met', false),
    { term: { event_name: 'step_up.enrolled' } },
    attribute('stepseal.verified.grade', 'SEALED'),
  ];
  const look = async (): Promise<number[]> => {
    expect([bank.running, verifier.running], logs()).toEqual([true, true]);
    return await counts(worthLookingAt);
  };
  await until('something of everything', look, (found) => !found.includes(0));
  expect(await counts([attribute('stepseal.verified.grade', 'TAMPERED')])).toEqual([0]);
  for (const server of [bank, verifier]) expect(await server.stop(), logs()).toBe(0);
});

function logs(): string {
  return ['bank', 'verifier']
    .map((name) => readFileSync(join(directory, `${name}.log`), 'utf8').slice(-2_000))
    .join('\n');
}
