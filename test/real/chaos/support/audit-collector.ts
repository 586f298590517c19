// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../../scripts/real/free-port.mjs';
import { startCollector } from '../../../../scripts/real/start-collector.mjs';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface CollectorSettings {
  /** Takes its log and its queue. */
  readonly directory: string;
  /** Of the data stream: each line of a run has one of its own. */
  readonly namespace: string;
  readonly elasticsearch: { readonly url: string; readonly password: string };
  /** More of its configuration, merged over the rest. */
  readonly overrides?: readonly string[];
  /** Starts its program by way of another one, which gets `--config=` and all that. */
  readonly program?: string;
}

/** A Collector with the project's fragment as it stands, which can be ended in any way and started again over its queue. */
export class AuditCollector {
  readonly #settings: CollectorSettings;
  #otlp = 0;
  #health = 0;
  #server: Awaited<ReturnType<typeof startCollector>> | undefined;

  constructor(settings: CollectorSettings) {
    this.#settings = settings;
    mkdirSync(settings.directory, { recursive: true });
  }

  /** Without a path. */
  get url(): string {
    return `http://127.0.0.1:${this.#otlp}`;
  }

  get queueDirectory(): string {
    return join(this.#settings.directory, 'queue');
  }

  async start(): Promise<void> {
    const { directory, namespace, elasticsearch, overrides = [], program } = this.#settings;
    this.#otlp ||= await freePort();
    this.#health ||= await freePort();
    const parts = JSON.parse(process.env['STEPSEAL_REAL_PARTS'] ?? '{}') as { collector: string };
    this.#server = await startCollector({
      program: program ?? parts.collector,
      configs: [
        join(ROOT, 'test/real/fixtures/existing-collector.yaml'),
        join(ROOT, 'collector-config/stepseal-audit.yaml'),
        // Behind all that the fragment does, so that it is tried as it stands.
        join(ROOT, 'test/real/chaos/fixtures/namespace.yaml'),
        'yaml:service::telemetry::metrics::level: none',
        ...overrides,
      ],
      variables: {
        EXISTING_OTLP_ENDPOINT: `127.0.0.1:${await freePort()}`,
        EXISTING_LOGS_FILE: join(directory, 'logs.json'),
        EXISTING_HEALTH_ENDPOINT: `127.0.0.1:${this.#health}`,
        STEPSEAL_OTLP_ENDPOINT: `127.0.0.1:${this.#otlp}`,
        STEPSEAL_QUEUE_DIR: this.queueDirectory,
        STEPSEAL_ELASTICSEARCH_ENDPOINT: elasticsearch.url,
        STEPSEAL_ELASTICSEARCH_USER: 'elastic',
        STEPSEAL_ELASTICSEARCH_PASSWORD: elasticsearch.password,
        CHAOS_NAMESPACE: namespace,
        CHAOS_COLLECTOR: parts.collector,
      },
      directory,
      health: `http://127.0.0.1:${this.#health}/`,
    });
  }

  /** @returns how it ended: by SIGKILL where it did not of itself within half a minute */
  async end(signal: NodeJS.Signals): Promise<number | string | null> {
    return (await this.#server?.stop(signal)) ?? null;
  }

  /** Takes away what fills its disk, where it has one of its own: only its own process sees that. */
  makeRoom(): void {
    rmSync(`/proc/${this.#server?.pid}/root${this.queueDirectory}/ballast`);
  }

  /** What it has logged since its first start. */
  log(): string {
    return readFileSync(join(this.#settings.directory, 'collector.log'), 'utf8');
  }
}
