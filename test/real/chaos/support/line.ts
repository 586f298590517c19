// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { FaultProxy } from '../../support/fault-proxy.ts';
import { until } from '../../support/until.ts';
import { Application } from './application.ts';
import { AuditCollector } from './audit-collector.ts';
import { count } from './documents.ts';
import type { Store } from './store.ts';

export interface LineSettings {
  /** Of the fault; also the namespace of the data stream. */
  readonly name: string;
  readonly directory: string;
  readonly store: Store;
  /** A proxy before the Collector, before Elasticsearch, or none. */
  readonly proxy?: 'collector' | 'elasticsearch';
  readonly overrides?: readonly string[];
  readonly collectorProgram?: string;
}

/** A service, its Collector and its data stream: the whole way of a record, apart from the lines of other faults. */
export class Line {
  readonly application: Application;
  readonly collector: AuditCollector;
  readonly dataStream: string;
  readonly directory: string;
  readonly #store: Store;
  readonly #proxy: FaultProxy | undefined;
  readonly #before: LineSettings['proxy'];
  #front: FaultProxy | undefined;

  private constructor(settings: LineSettings, proxy: FaultProxy | undefined) {
    const { name, directory, store, overrides, collectorProgram } = settings;
    this.directory = directory;
    this.dataStream = `logs-stepseal.audit.otel-${name}`;
    this.#store = store;
    this.#proxy = proxy;
    this.#before = settings.proxy;
    this.application = new Application(join(directory, 'application'), name);
    this.collector = new AuditCollector({
      directory: join(directory, 'collector'),
      namespace: name,
      elasticsearch: { url: proxy?.url ?? store.url, password: store.password },
      ...(overrides === undefined ? {} : { overrides }),
      ...(collectorProgram === undefined ? {} : { program: collectorProgram }),
    });
  }

  /** @returns with the Collector up and the service under load */
  static async start(settings: LineSettings): Promise<Line> {
    const behind = settings.proxy === 'elasticsearch' ? await FaultProxy.start(settings.store.url) : undefined;
    const line = new Line(settings, behind);
    try {
      await line.collector.start();
      if (settings.proxy === 'collector') line.#front = await FaultProxy.start(line.collector.url);
      line.application.start(line.endpoint);
    } catch (error) {
      await line.end();
      throw error;
    }
    return line;
  }

  /** Where the service sends its records, without a path. */
  get endpoint(): string {
    return this.#front?.url ?? this.collector.url;
  }

  get proxy(): FaultProxy {
    const proxy = this.#before === 'collector' ? this.#front : this.#proxy;
    if (proxy === undefined) throw new Error('this line has no proxy');
    return proxy;
  }

  /** Waits until the service has emitted so many more events. */
  async load(events: number): Promise<void> {
    const goal = this.application.count + events;
    await until(`${events} more events of ${this.dataStream}`, () => this.application.count >= goal);
  }

  /** Documents in its data stream. */
  documents(): Promise<number> {
    return count(this.#store.call, this.dataStream);
  }

  /**
   * Ends the load, and waits until all that was sealed has a document, or no document has come for a while.
   *
   * @param quietMs longer than the pauses of whoever may still send
   */
  async settle(quietMs: number): Promise<void> {
    await this.application.finish();
    const sealed = this.application.sealed().size;
    let last = -1;
    for (let since = Date.now(); Date.now() - since < quietMs; ) {
      const now = await this.documents();
      if (now >= sealed) return;
      if (now !== last) since = Date.now();
      last = now;
      await sleep(1_000);
    }
  }

  async end(): Promise<void> {
    await this.application.kill();
    await this.collector.end('SIGKILL');
    await this.#front?.stop();
    await this.#proxy?.stop();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
