// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../../scripts/real/free-port.mjs';
import { CONFIGURATIONS, EXISTING, NO_METRICS, program, WITH_ELASTICSEARCH } from './support/collectors.ts';

const ADDRESS = '127.0.0.1:4319';
const VARIABLES = {
  STEPSEAL_OTLP_ENDPOINT: ADDRESS,
  STEPSEAL_QUEUE_DIR: '/nowhere',
  STEPSEAL_GATEWAY_ENDPOINT: `http://${ADDRESS}`,
  STEPSEAL_ELASTICSEARCH_ENDPOINT: `http://${ADDRESS}`,
  STEPSEAL_ELASTICSEARCH_USER: 'writer',
  STEPSEAL_ELASTICSEARCH_PASSWORD: 'secret',
  STEPSEAL_HEALTH_ENDPOINT: ADDRESS,
  STEPSEAL_METRICS_HOST: '127.0.0.1',
  STEPSEAL_METRICS_PORT: '8888',
  STEPSEAL_TLS_CERT_FILE: '/nowhere/server.crt',
  STEPSEAL_TLS_KEY_FILE: '/nowhere/server.key',
  STEPSEAL_TLS_CLIENT_CA_FILE: '/nowhere/clients.crt',
  EXISTING_OTLP_ENDPOINT: ADDRESS,
  EXISTING_LOGS_FILE: '/nowhere/logs.json',
  EXISTING_HEALTH_ENDPOINT: ADDRESS,
  EXISTING_QUEUE_DIR: '/nowhere',
};

const file = (name: string): string => readFileSync(join(CONFIGURATIONS, name), 'utf8');
const tls = /```yaml\n([\s\S]*?)```/.exec(file('README.md'))?.[1] ?? 'the page has no such part';

test.each([
  ['agent.yaml', [join(CONFIGURATIONS, 'agent.yaml')]],
  ['gateway.yaml', [join(CONFIGURATIONS, 'gateway.yaml')]],
  ['gateway.yaml with the TLS part of the page', [join(CONFIGURATIONS, 'gateway.yaml'), `yaml:${tls}`]],
  [
    'the fragment, added to an existing Collector',
    [
      EXISTING,
      join(CONFIGURATIONS, 'stepseal-audit.yaml'),
      'yaml:service::extensions: [health_check, file_storage/stepseal]',
    ],
  ],
  [
    'the fragment, added to a Collector with components of the same kinds',
    [
      WITH_ELASTICSEARCH,
      join(CONFIGURATIONS, 'stepseal-audit.yaml'),
      'yaml:service::extensions: [health_check, file_storage, file_storage/stepseal]',
    ],
  ],
])('a Collector takes %s', (_name, configs) => {
  expect(validate(configs)).toEqual({ status: 0, stderr: '' });
});

test('a password may come out of a file, as in docker-compose.yml: a variable that refers to one is followed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-password-'));
  try {
    writeFileSync(join(directory, 'password'), 'secret');
    const withPassword = (name: string): ReturnType<typeof validate> =>
      validate([join(CONFIGURATIONS, 'gateway.yaml')], {
        STEPSEAL_ELASTICSEARCH_PASSWORD: `\${file:${join(directory, name)}}`,
      });
    expect(withPassword('password')).toEqual({ status: 0, stderr: '' });
    expect(withPassword('missing')).toEqual({ status: 1, stderr: expect.stringContaining('missing') });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test.each([
  ['a list of extensions without ours', {}, 'no storage client extension found', '[health_check]'],
  [
    'a variable that is not set',
    { STEPSEAL_QUEUE_DIR: undefined },
    'create extension "file_storage/stepseal"',
    '[health_check, file_storage/stepseal]',
  ],
])('%s is not seen by validate, and ends the start in the words of the page', async (_name, missing, words, list) => {
  const addresses = { STEPSEAL_OTLP_ENDPOINT: await free(), EXISTING_OTLP_ENDPOINT: await free() };
  const more = { ...addresses, EXISTING_HEALTH_ENDPOINT: await free(), ...missing };
  const configs = [EXISTING, join(CONFIGURATIONS, 'stepseal-audit.yaml'), `yaml:service::extensions: ${list}`];
  expect(validate(configs, more).status).toBe(0);
  const { status, stderr } = run([...configs, NO_METRICS], more);
  expect([status, stderr]).toEqual([1, expect.stringContaining(words)]);
  expect(file('README.md')).toContain(`\`${words}\``);
});

test('a setting that the Collector does not know would be seen', () => {
  const { status, stderr } = validate([
    join(CONFIGURATIONS, 'agent.yaml'),
    'yaml:exporters::otlp_http/stepseal::retry_on_failure::max_elapsed: 0',
  ]);
  expect(status).not.toBe(0);
  expect(stderr).toContain('max_elapsed');
});

test('the gateway is the fragment with a health check and an address for metrics, and differs in nothing else', () => {
  const gateway = parse(file('gateway.yaml'));
  const fragment = parse(file('stepseal-audit.yaml'));
  expect(gateway.extensions).toHaveProperty(['health_check/stepseal']);
  delete gateway.extensions['health_check/stepseal'];
  gateway.service.extensions = gateway.service.extensions.filter((name: string) => name !== 'health_check/stepseal');
  delete gateway.service.telemetry;
  expect(gateway).toEqual(fragment);
});

test('the page names every variable that a file needs', () => {
  const files = ['agent.yaml', 'gateway.yaml', 'stepseal-audit.yaml'].map(file).join('\n');
  const needed = new Set([...files.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name));
  expect(needed.size).toBeGreaterThan(5);
  for (const name of needed) expect(file('README.md')).toContain(`\`${name}\``);
});

type Ran = { readonly status: number | null; readonly stderr: string };

function validate(configs: readonly string[], more: NodeJS.ProcessEnv = {}): Ran {
  return run(configs, more, ['validate']);
}

function run(configs: readonly string[], more: NodeJS.ProcessEnv, command: readonly string[] = []): Ran {
  const args = [...command, ...configs.map((config) => `--config=${config}`)];
  const env = { ...VARIABLES, ...more };
  const { status, stderr } = spawnSync(program(), args, { env, encoding: 'utf8', timeout: 300_000 });
  return { status, stderr };
}

async function free(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}
