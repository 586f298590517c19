// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../scripts/real/free-port.mjs';
import { startCollector } from '../../../scripts/real/start-collector.mjs';
import { startElasticsearch } from '../../../scripts/real/start-elasticsearch.mjs';
import { until } from './until.ts';

/** Where `npm run test:real` has put the servers. */
const PARTS = JSON.parse(process.env['STEPSEAL_REAL_PARTS'] ?? '{}') as {
  readonly collector: string;
  readonly elasticsearch: string;
  readonly jdk: string;
};

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Elasticsearch {
  readonly url: string;
  readonly password: string;
  /** A request with all rights. @returns the parsed answer */
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** A user of one of the roles given at the start. @returns once the server knows him */
  addUser(name: string, password: string, role: string): Promise<void>;
  stop(): Promise<void>;
}

/** A real Elasticsearch of its own, with security on. @param roles descriptors by name, for users that are added */
export async function elasticsearch(roles: Readonly<Record<string, object>> = {}): Promise<Elasticsearch> {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-elasticsearch-'));
  const node = await startElasticsearch({
    home: PARTS.elasticsearch,
    jdk: PARTS.jdk,
    directory,
    // One role a line: the file is cut at lines that do not begin with a blank. JSON is YAML.
    roles: Object.entries(roles)
      .map(([name, descriptor]) => `${name}: ${JSON.stringify(descriptor)}\n`)
      .join(''),
  });
  const call = callAs(node.url, 'elastic', node.password ?? '');
  await letsIn(call);
  return {
    url: node.url,
    password: node.password ?? '',
    call,
    addUser: async (name, password, role) => {
      node.addUser(name, password, role);
      const asHim = callAs(node.url, name, password);
      await until(
        `Elasticsearch to know ${name}`,
        () => asHim('GET', '/_security/_authenticate'),
        ({ status }) => status === 200,
      );
    },
    stop: async () => {
      await node.server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Just started, security may not answer for a moment. */
export async function letsIn(call: Elasticsearch['call']): Promise<void> {
  await until(
    'Elasticsearch to let its own user in',
    () => call('GET', '/_cluster/health'),
    ({ status }) => status === 200,
  );
}

/** Requests as one user. */
export function callAs(url: string, user: string, password: string): Elasticsearch['call'] {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
}

export interface Collector {
  /** Where services send audit records. */
  readonly auditEndpoint: string;
  stop(): Promise<void>;
}

/**
 * A Collector that runs already, with the project's fragment added to it as its documentation says.
 *
 * @param writer as whom it writes; with all rights unless said
 * @param extra configurations that are merged over it
 */
export async function collectorWithFragment(
  { url, password }: Elasticsearch,
  writer: { readonly user: string; readonly password: string } = { user: 'elastic', password },
  extra: readonly string[] = [],
): Promise<Collector> {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-collector-'));
  const [ordinary, audit, health] = [await freePort(), await freePort(), await freePort()];
  const server = await startCollector({
    program: PARTS.collector,
    configs: [
      join(ROOT, 'test/real/fixtures/existing-collector.yaml'),
      join(ROOT, 'collector-config/stepseal-audit.yaml'),
      // The list of extensions of the two, as the fragment's head says.
      'yaml:service::extensions: [health_check, file_storage/stepseal]',
      // Its port is fixed, and several Collectors may run at a time.
      'yaml:service::telemetry::metrics::level: none',
      ...extra,
    ],
    variables: {
      EXISTING_OTLP_ENDPOINT: `127.0.0.1:${ordinary}`,
      EXISTING_LOGS_FILE: join(directory, 'logs.json'),
      EXISTING_HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      STEPSEAL_OTLP_ENDPOINT: `127.0.0.1:${audit}`,
      STEPSEAL_QUEUE_DIR: join(directory, 'queue'),
      STEPSEAL_ELASTICSEARCH_ENDPOINT: url,
      STEPSEAL_ELASTICSEARCH_USER: writer.user,
      STEPSEAL_ELASTICSEARCH_PASSWORD: writer.password,
    },
    directory,
    health: `http://127.0.0.1:${health}/`,
  });
  return {
    auditEndpoint: `http://127.0.0.1:${audit}/v1/logs`,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
