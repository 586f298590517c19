// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Behaviour } from '../support/fault-proxy.ts';
import { until } from '../support/until.ts';
import type { Line, LineSettings } from './support/line.ts';
import type { Store } from './support/store.ts';

/** What is done to a line under load. */
export interface Fault {
  /** Also the namespace of its data stream, which has no hyphen. */
  readonly name: string;
  readonly title: string;
  readonly line?: Pick<LineSettings, 'proxy' | 'overrides' | 'collectorProgram'>;
  /** Before anything of the line is there. */
  readonly prepare?: (store: Store) => Promise<void>;
  /** Done when all works again; the load goes on all the while. */
  readonly act: (line: Line, outage: Outage) => Promise<void>;
  /** Mends what was wrong in Elasticsearch, before the missing records are sent again. */
  readonly mend?: (store: Store, line: Line) => Promise<void>;
  /** Records that the parts lose by design: more than none must be missing before the reconcile run, or it shows nothing. */
  readonly loses?: boolean;
}

/** The absence of Elasticsearch that several faults share. */
export interface Outage {
  /** Elasticsearch answers again. */
  readonly over: Promise<void>;
}

/** Whatever still sends has tried again by then: the exporter pauses 30 seconds at most. */
export const QUIET_MS = 40_000;

const FULL_DISK = fileURLToPath(new URL('fixtures/on-a-full-disk.sh', import.meta.url));
const PASS: Behaviour = { kind: 'pass' };
const CUTS: readonly Behaviour[] = [{ kind: 'cut-request' }, { kind: 'cut-answer' }, { kind: 'refuse' }];

/** Those that need Elasticsearch to be there. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'none',
    title: 'none',
    act: (line) => line.load(1_000),
  },
  {
    name: 'collector_killed',
    title: 'Collector killed and restarted, twice',
    act: async (line) => {
      for (let times = 0; times < 2; times++) {
        expect(await line.collector.end('SIGKILL')).toBe('SIGKILL');
        await line.load(500);
        await line.collector.start();
        await line.load(500);
      }
    },
  },
  {
    name: 'application_killed',
    title: 'application killed and restarted, twice',
    act: async (line) => {
      for (let times = 0; times < 2; times++) {
        await line.application.kill();
        line.application.start(line.endpoint);
        await line.load(700);
      }
    },
  },
  {
    name: 'queue_full',
    title: "Collector's queue directory full",
    line: { proxy: 'elasticsearch', collectorProgram: FULL_DISK },
    act: async (line) => {
      line.proxy.behave = () => ({ kind: 'refuse' });
      await until('a full disk', () => line.collector.log().includes('no space left'));
      await line.load(600);
      // Elasticsearch is back first: now the queue is read while nothing can be written to it.
      line.proxy.behave = () => PASS;
      await line.load(600);
      line.collector.makeRoom();
      await line.load(600);
    },
  },
  {
    name: 'busy',
    title: 'Elasticsearch answers 429 and 503, to requests and for documents',
    line: { proxy: 'elasticsearch' },
    act: async (line) => {
      const which = (position: number): boolean => position % 3 === 0;
      await during(line, [
        { kind: 'documents', status: 429, which },
        { kind: 'documents', status: 503, which },
        { kind: 'answer', status: 429 },
        { kind: 'answer', status: 503 },
      ]);
    },
  },
  {
    name: 'credentials',
    title: 'Elasticsearch refuses the credentials for a while (401, 403)',
    line: { proxy: 'elasticsearch' },
    act: (line) => {
      return during(line, [
        { kind: 'answer', status: 401 },
        { kind: 'answer', status: 403 },
      ]);
    },
  },
  {
    name: 'refused',
    title: 'documents that Elasticsearch refuses (400)',
    // Somebody maps a field of his own as a number, and one event in a hundred has none there.
    prepare: (store) => amountIs(store, { type: 'long', ignore_malformed: false }),
    act: (line) => line.load(1_500),
    mend: async (store, line) => {
      await amountIs(store, { type: 'keyword' });
      await store.call('POST', `/${line.dataStream}/_rollover`);
    },
    loses: true,
  },
  {
    name: 'swallowed',
    title: 'Collector answers 200 and keeps nothing, for a while',
    line: { proxy: 'collector' },
    act: async (line) => {
      line.proxy.behave = () => ({ kind: 'swallow' });
      await line.load(1_000);
      line.proxy.behave = () => PASS;
      expect(line.proxy.done.get('swallow')).toBeGreaterThan(0);
      await line.load(500);
    },
    loses: true,
  },
  {
    name: 'cut_before_collector',
    title: 'network cut between application and Collector',
    line: { proxy: 'collector' },
    act: (line) => during(line, CUTS),
  },
  {
    name: 'cut_before_elasticsearch',
    title: 'network cut between Collector and Elasticsearch',
    line: { proxy: 'elasticsearch' },
    act: (line) => during(line, CUTS),
  },
];

/** Those that share one absence of Elasticsearch, of 125 seconds: longer than the exporter's own time-out of 90. */
export const OUTAGE_FAULTS: readonly Fault[] = [
  {
    name: 'stopped',
    title: 'Elasticsearch stopped for two minutes',
    act: (_, outage) => outage.over,
  },
  {
    name: 'stopped_timeout',
    title: "the same with the exporter's default time-out",
    line: { overrides: ['yaml:exporters::elasticsearch/stepseal::timeout: 90s'] },
    act: (_, outage) => outage.over,
    loses: true,
  },
  {
    name: 'terminated',
    title: 'Collector sent SIGTERM while Elasticsearch is down',
    act: async (line, outage) => {
      await line.load(2_000);
      await line.collector.end('SIGTERM');
      await line.load(500);
      await line.collector.start();
      await outage.over;
    },
  },
  {
    name: 'both_down',
    title: 'Elasticsearch stopped and Collector killed',
    act: async (line, outage) => {
      await line.load(2_000);
      expect(await line.collector.end('SIGKILL')).toBe('SIGKILL');
      await outage.over;
      await line.collector.start();
    },
  },
];

/** Each of these in turn, until it has happened and some more records were emitted. */
async function during(line: Line, behaviours: readonly Behaviour[]): Promise<void> {
  for (const behaviour of behaviours) {
    const before = line.proxy.done.get(behaviour.kind) ?? 0;
    line.proxy.behave = () => behaviour;
    await line.load(200);
    await until(`a request to meet ${behaviour.kind}`, () => (line.proxy.done.get(behaviour.kind) ?? 0) > before);
  }
  line.proxy.behave = () => PASS;
  await line.load(300);
}

async function amountIs(store: Store, field: object): Promise<void> {
  const { status } = await store.call('PUT', '/_index_template/chaos-refused', {
    index_patterns: ['logs-stepseal.audit.otel-refused'],
    priority: 400,
    data_stream: {},
    composed_of: ['stepseal-audit@mappings', 'stepseal-audit@settings'],
    template: { mappings: { properties: { attributes: { properties: { 'bank.transfer.amount': field } } } } },
  });
  expect(status).toBe(200);
}
