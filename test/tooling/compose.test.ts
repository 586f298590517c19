// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COLLECTOR_VERSION } from '../../scripts/real/collector.mjs';
import { ELASTICSEARCH_VERSION } from '../../scripts/real/elasticsearch.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const compose = parse(text) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const services = Object.entries(compose.services);

test('every image is of one version, and none is whatever is newest', () => {
  expect(services.length).toBeGreaterThan(4);
  for (const [name, { image }] of services) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+(-[\w-]+)?$/);
  const dockerfile = readFileSync(join(ROOT, 'examples/bank/compose/Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^FROM node:\d+\.\d+\.\d+-\S+$/m);
  expect(`${text}${dockerfile}`).not.toContain('latest');
});

test('nothing listens beyond the loopback interface of the machine', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(3);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test('every file that is mounted or built from is there, and every volume that is used is declared', () => {
  for (const [name, { volumes, build }] of services) {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(ROOT, source)), `${name}: ${source}`).toBe(true);
      else expect(Object.keys(compose.volumes), name).toContain(source);
    }
    if (build !== undefined) expect(existsSync(join(ROOT, build.context, build.dockerfile)), name).toBe(true);
  }
});

test('every script that a container runs is there, and every dependency is a service with what is waited for', () => {
  for (const [name, { command, volumes, depends_on }] of services) {
    const script = command?.find((word) => word.endsWith('.mjs'));
    if (script !== undefined) {
      const mounted = volumes.find((volume) => volume.split(':')[1] === script)?.split(':')[0];
      expect(existsSync(join(ROOT, mounted ?? script)), `${name}: ${script}`).toBe(true);
    }
    for (const [other, { condition }] of Object.entries(depends_on ?? {})) {
      expect(Object.keys(compose.services), name).toContain(other);
      if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck, other).toBeDefined();
    }
  }
});

test('the Collector runs the tested gateway as it stands, and has each of its variables', () => {
  const collector = compose.services['collector'] as Service;
  const mount = collector.volumes.find((volume) => volume.startsWith('./collector-config/gateway.yaml:')) ?? '';
  expect(collector.command).toEqual([`--config=${mount.split(':')[1]}`]);
  const configuration = readFileSync(join(ROOT, 'collector-config/gateway.yaml'), 'utf8');
  const needed = new Set([...configuration.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name));
  expect(new Set(Object.keys(collector.environment ?? {}))).toEqual(needed);
});

test('Collector and Elasticsearch are of the versions that the tests run', () => {
  expect(compose.services['collector']?.image.split(':')[1]).toBe(COLLECTOR_VERSION);
  for (const name of ['elasticsearch', 'kibana']) {
    expect(compose.services[name]?.image.split(':')[1]).toBe(ELASTICSEARCH_VERSION);
  }
});

test('documents name the versions of Collector and Elasticsearch that the tests run', () => {
  const pages = ['collector-config/README.md', 'docs/chaos.md', 'docs/compose.md', 'docs/elasticsearch.md'];
  const named = pages.flatMap(
    (page) => readFileSync(join(ROOT, page), 'utf8').match(/(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)/g) ?? [],
  );
  expect(new Set(named)).toEqual(new Set([COLLECTOR_VERSION, ELASTICSEARCH_VERSION]));
});

test('containers run on the Node that the project pins', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const dockerfile = readFileSync(join(ROOT, 'examples/bank/compose/Dockerfile'), 'utf8');
  const images = [...`${text}${dockerfile}`.matchAll(/\bnode:([\d.]+)-/g)].map(([, version]) => version);
  expect(images).toEqual(images.map(() => devDependencies['node']));
  expect(images.length).toBe(2);
});

test('no password stands in the file: each is read from a volume', () => {
  for (const [name, { environment }] of services) {
    for (const [key, value] of Object.entries(environment ?? {})) {
      if (!/PASSWORD|SECRET|TOKEN|(?<!STEPSEAL_)API_KEY|ENCRYPTIONKEY/i.test(key)) continue;
      expect(String(value), `${name}: ${key}`).toMatch(/^(\/run\/stepseal\/\w+|\$\$\{file:\/run\/stepseal\/\w+\})$/);
    }
  }
  for (const [, assigned] of text.matchAll(/(?:PASSWORD|ENCRYPTIONKEY)="?([^\s"]+)/g)) {
    expect(assigned).toMatch(/^\$\$\(cat$/);
  }
});

test('every service has what Compose knows, and nothing else', () => {
  expect(Object.keys(compose)).toEqual(['name', 'services', 'volumes']);
  const known =
    'image build command entrypoint depends_on environment ports volumes healthcheck user network_mode restart';
  for (const [name, service] of services) {
    const words = [...known.split(' '), 'stop_grace_period'];
    expect(Object.keys(service).filter((key) => !words.includes(key))).toEqual([]);
    for (const { condition } of Object.values(service.depends_on ?? {})) {
      expect(['service_healthy', 'service_completed_successfully'], name).toContain(condition);
    }
    for (const value of Object.values(service.environment ?? {})) expect(typeof value, name).toBe('string');
    expect(service.healthcheck?.test[0] ?? 'CMD', name).toMatch(/^CMD(-SHELL)?$/);
  }
});

test('the commands of the containers are taken by the command: they fail for want of an Elasticsearch, not for a word', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-compose-'));
  const nobody = 'http://127.0.0.1:9';
  try {
    for (const path of [
      'stepseal/elastic',
      'stepseal-auditor/auditor',
      'stepseal/kibana',
      'stepseal-collector/writer',
    ]) {
      mkdirSync(join(directory, path, '..'), { recursive: true });
      writeFileSync(join(directory, path), 'secret');
    }
    const run = (
      [, script = '', ...rest]: readonly string[],
      environment: NodeJS.ProcessEnv,
    ): [number | null, string] => {
      const args = rest.map((word) => word.replace(/^\/run/, directory).replace(/^http:.*/, nobody));
      const env = { PATH: process.env['PATH'], ...environment, STEPSEAL_ELASTICSEARCH_URL: nobody };
      const { status, stderr } = spawnSync(process.execPath, [join(ROOT, script), ...args], { env, encoding: 'utf8' });
      return [status, stderr];
    };
    const commands = services.filter(([, { command }]) => command?.includes('install'));
    expect(commands.map(([name]) => name)).toEqual(['dashboards']);
    for (const [name, { command, environment }] of commands) {
      const answer = run(command, environment as NodeJS.ProcessEnv);
      expect([name, ...answer]).toEqual([name, 3, expect.stringContaining('ELASTIC_UNREACHABLE')]);
    }
    const install = run([...(compose.services['install']?.command ?? []), directory], {});
    expect(install).toEqual([3, expect.stringContaining('ELASTIC_UNREACHABLE')]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('passwords are made once, differ, are not printed, and only their owner reads them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-compose-'));
  try {
    const make = (): string => {
      const script = join(ROOT, 'examples/bank/compose/secrets.mjs');
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, directory], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      return stdout + stderr;
    };
    const read = (): readonly string[] =>
      globSync('*secrets/*', { cwd: directory })
        .sort()
        .map((path) => readFileSync(join(directory, path), 'utf8'));
    expect(make()).toBe('');
    const first = read();
    expect(first).toHaveLength(5);
    expect(new Set(first).size).toBe(5);
    for (const secret of first) expect(secret).toMatch(/^[\w-]{32}$/);
    for (const path of globSync('*secrets/*', { cwd: directory })) {
      expect(statSync(join(directory, path)).mode & 0o777).toBe(0o400);
    }
    make();
    expect(read()).toEqual(first);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
