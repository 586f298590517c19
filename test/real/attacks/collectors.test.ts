// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '@stepseal/testkit';
import type { Report } from '@stepseal/verifier';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../../attacks/compare.ts';
import { T, V } from '../../attacks/expect.ts';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { arrived as searchable } from '../support/step-ups.ts';
import { type BaseName, baseOf } from './support/bases.ts';
import { deliverables } from './support/deliverable.ts';
import { type Document, documentOf, openFacts, request } from './support/exported.ts';
import { RowStream } from './support/row-stream.ts';
import { runOnStore } from './support/run.ts';

const BASES: readonly BaseName[] = ['kinds', 'closed', 'rolled', 'adopted'];
const MAIN = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'stepseal-attacks-'));

let store: Elasticsearch;

beforeAll(async () => {
  store = await elasticsearch();
  await installed(store);
});

afterAll(async () => {
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Requests of three records at most, as many services send them. */
function requests(names: readonly BaseName[]): readonly Buffer[] {
  return names.flatMap((name) => {
    const { lines, adopted } = baseOf(name);
    return Object.entries(lines).flatMap(([stream, own]) => {
      const records = deliverables(own, adopted.includes(stream));
      const starts = Array.from({ length: Math.ceil(records.length / 3) }, (_, part) => part * 3);
      return starts.map((start) => request(openFacts(own), records.slice(start, start + 3)));
    });
  });
}

function expectedDocuments(names: readonly BaseName[], namespace: string): Map<string, Document> {
  return new Map(
    names.flatMap((name) => {
      const { lines, adopted } = baseOf(name);
      return Object.entries(lines).flatMap(([stream, own]) =>
        deliverables(own, adopted.includes(stream)).map(
          (record) => [record.hash, documentOf(record, openFacts(own), namespace)] as const,
        ),
      );
    }),
  );
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = new SeededRandom('any order');
  const keyed = items.map((item) => ({ item, key: random.below(1_000_000) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

async function send({ auditEndpoint }: Collector, bodies: readonly Buffer[]): Promise<void> {
  const answers = bodies.map((body) =>
    fetch(auditEndpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
  );
  for (const answer of answers) expect((await answer).status).toBe(200);
}

/** Waits for so many documents of a data stream. Made by the first of them, it refuses every search for a moment. */
async function arrived(stream: RowStream, count: number): Promise<Map<string, Document>> {
  await searchable(store, count, stream.name);
  return new Map((await stream.all()).map(({ id, source }) => [id, source]));
}

function verified(stream: RowStream, base: BaseName = 'kinds'): Promise<Report> {
  // All of them are of one deployment and one identity.
  const { trust, now } = baseOf(base);
  return runOnStore(store, { dataStream: stream.name, trust, now: now + 86_400_000 });
}

/** A Collector whose own configuration does this to audit records besides, and puts them into a data stream of its own. */
function collectorThat(
  namespace: string,
  ofResource: readonly string[],
  ofRecords: readonly string[],
): Promise<Collector> {
  const place = `set(resource.attributes["data_stream.namespace"], "${namespace}")`;
  const statements = [
    { context: 'resource', statements: [place, ...ofResource] },
    { context: 'log', statements: ofRecords },
  ];
  const configuration = {
    processors: { 'transform/theirs': { error_mode: 'propagate', log_statements: statements } },
    service: {
      pipelines: {
        'logs/stepseal': { processors: ['memory_limiter/stepseal', 'transform/stepseal', 'transform/theirs'] },
      },
    },
  };
  return collectorWithFragment(store, undefined, [`yaml:${JSON.stringify(configuration)}`]);
}

test('records sent twice, in any order and at once are there once, as this suite makes them, and alarm nobody', async () => {
  const stream = new RowStream(store, 'default');
  const bodies = requests(BASES);
  const expected = expectedDocuments(BASES, 'default');
  const collector = await collectorWithFragment(store);
  try {
    await send(collector, shuffled([...bodies, ...bodies]));
    const stored = await arrived(stream, expected.size);
    expect(stored.size).toBe(expected.size);
    for (const [id, document] of expected) expect(stored.get(id)).toEqual(document);
    expect(differences(await verified(stream), V('ADOPTED'), {})).toEqual([]);

    await stream.rollover();
    await send(collector, bodies);
    await arrived(stream, 2 * expected.size);
    const streams = BASES.flatMap((name) => Object.keys(baseOf(name).lines));
    const twice = V('ADOPTED', ...streams.map(() => 'DUPLICATE_IDENTICAL'));
    expect(differences(await verified(stream), twice, {})).toEqual([]);
  } finally {
    await collector.stop();
  }
});

test('attack 55: a Collector that adds to records, resources and scopes is reported, and alarms nobody', async () => {
  const stream = new RowStream(store, 'enriched');
  const collector = await collectorThat(
    'enriched',
    ['set(resource.attributes["cloud.region"], "eu-central-1")'],
    ['set(log.attributes["k8s.pod.name"], "bank-7c9d")', 'set(scope.attributes["team"], "payments")'],
  );
  try {
    await send(collector, requests(['kinds']));
    expect(await arrived(stream, 14)).toHaveProperty('size', 14);
  } finally {
    await collector.stop();
  }
  const report = await verified(stream);
  expect(differences(report, V('ADDED', 'ADDED', 'ADDED'), {})).toEqual([]);
  expect(report.findings.flatMap(({ code, field }) => (code === 'ADDED' ? [field] : [])).sort()).toEqual([
    'attributes.k8s.pod.name',
    'resource.attributes.cloud.region',
    'scope.attributes',
  ]);
});

test('attack 56: a Collector that cuts and drops values is named with every path', async () => {
  const stream = new RowStream(store, 'lossy');
  const collector = await collectorThat(
    'lossy',
    [],
    [
      'set(log.body, Substring(log.body, 0, 10)) where log.event_name == "step_up.required" and log.body != nil',
      'delete_key(log.attributes, "step_up.method") where log.event_name == "step_up.completed"',
    ],
  );
  try {
    await send(collector, requests(['kinds']));
    expect(await arrived(stream, 14)).toHaveProperty('size', 14);
  } finally {
    await collector.stop();
  }
  const { streams } = baseOf('kinds');
  const expected = T('PROJECTION_MISMATCH', 2, 2, {
    field: 'body',
    also: [3, 12].map((number) => {
      return { code: 'PROJECTION_MISMATCH', from: number, to: number, field: 'attributes.step_up.method' };
    }),
  });
  expect(differences(await verified(stream), expected, streams)).toEqual([]);
});

test('the command line ends with the exit codes of the verdicts', async () => {
  const { trust } = baseOf('closed');
  writeFileSync(join(directory, 'trust.json'), trust);
  const documents = [...expectedDocuments(['closed'], 'by_hand')];
  const verdict = (stream: RowStream, ...more: readonly string[]): number | null => {
    const flags = ['--elasticsearch', store.url, '--elasticsearch-user', 'elastic', '--trust', 'trust.json', '--json'];
    const { status } = spawnSync(process.execPath, [MAIN, 'verify', ...flags, '--data-stream', stream.name, ...more], {
      cwd: directory,
      timeout: 300_000,
      env: { PATH: process.env['PATH'], STEPSEAL_ELASTICSEARCH_PASSWORD: store.password },
    });
    return status;
  };
  const stream = new RowStream(store, 'by_hand');
  await stream.hold(new Map(documents));
  expect(verdict(stream), 'control').toBe(0);
  const ninth = (await stream.all()).find(({ source }) => source.attributes['audit.sequence.number'] === 9);
  if (ninth === undefined) throw new Error('record 9 is not there');
  await stream.overwrite(ninth, { ...ninth.source, event_name: 'step_up.access' });
  expect(verdict(stream), 'a field edited').toBe(1);
  await stream.hold(new Map(documents.filter(([id]) => id !== ninth.id)));
  expect(verdict(stream), 'a record deleted').toBe(1);
  expect(verdict(stream, '--delivery-grace', '9999d'), 'a record under way').toBe(2);
  await stream.hold(new Map());
  expect(verdict(stream), 'everything deleted').toBe(3);
  await stream.hold(new Map(documents));
  expect(verdict(stream), 'put back').toBe(0);
});
