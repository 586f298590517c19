// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../../scripts/real/free-port.mjs';
import { startElasticsearch } from '../../../../scripts/real/start-elasticsearch.mjs';
import { callAs, type Elasticsearch, letsIn } from '../../support/parts.ts';

/** A real Elasticsearch that can be stopped and started again, with what it holds and on the same port. */
export class Store {
  readonly #directory = mkdtempSync(join(tmpdir(), 'stepseal-chaos-store-'));
  #node: Awaited<ReturnType<typeof startElasticsearch>> | undefined;
  #password = '';
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get password(): string {
    return this.#password;
  }

  get call(): Elasticsearch['call'] {
    return callAs(this.url, 'elastic', this.#password);
  }

  /** @returns once it answers its own user */
  async start(): Promise<void> {
    const parts = JSON.parse(process.env['STEPSEAL_REAL_PARTS'] ?? '{}') as { elasticsearch: string; jdk: string };
    this.#port ||= await freePort();
    this.#node = await startElasticsearch({
      home: parts.elasticsearch,
      jdk: parts.jdk,
      directory: this.#directory,
      port: this.#port,
    });
    this.#password ||= this.#node.password ?? '';
    await letsIn(this.call);
  }

  async stop(): Promise<void> {
    await this.#node?.server.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
