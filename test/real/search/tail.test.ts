// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '@stepseal/elastic';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IndexReader } from '../../../packages/cli/src/elasticsearch/index-reader.ts';
import { IndexTail } from '../../../packages/cli/src/elasticsearch/index-tail.ts';
import { stepseal } from '../../../packages/cli/test/support/command.ts';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { deliver } from './support/demonstration.ts';

/** The data of one run of the demonstration. */
const FIXTURE = fileURLToPath(new URL('../../../packages/cli/test/fixtures/demonstration/', import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'stepseal-tail-'));
const passwordFile = join(directory, 'password');

let store: Elasticsearch;
let collector: Collector;

beforeAll(async () => {
  store = await elasticsearch();
  writeFileSync(passwordFile, store.password);
  cpSync(FIXTURE, directory, { recursive: true });
  process.chdir(directory);
  await installed(store);
  collector = await collectorWithFragment(store);
  await deliver(join(directory, 'data'), collector, store);
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function fed(...argv: string[]): Promise<string[]> {
  const { out, err, code } = await stepseal('tail', '--once', '--json', ...argv);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  return out.split('\n').sort();
}

const ofIndex = (): string[] => {
  return ['--elasticsearch', store.url, '--elasticsearch-user', 'elastic', '--password-file', passwordFile];
};

describe('a feed of Elasticsearch gives what a feed of the data directory gives', () => {
  test.each([[['--all']], [['--all', '--sealing']], [['--all', '--unsealed']], [[]]])('%j', async (form) => {
    expect(await fed(...form, ...ofIndex())).toEqual(await fed(...form, '--dir', 'data'));
  });

  test('behind the records that its reader has', async () => {
    const all = await fed('--all', '--sealing', '--dir', 'data');
    const streams = [...new Set(all.filter((line) => line !== '').map((line) => streamOf(line)))];
    expect(streams.length).toBe(2);
    for (const after of [`${streams[0]}:7`, `${streams[0]}:7,${streams[1]}:1`, `${streams[1]}:3`]) {
      const given = await fed('--after', after, ...ofIndex());
      expect(given.length).toBeGreaterThan(1);
      expect(given).toEqual(await fed('--after', after, '--dir', 'data'));
    }
  });

  test('with a word on streams that are not there, and on those that are shorter than the reader says', async () => {
    const absent = '01a1f000-0000-7000-8000-000000000000:7';
    expect(await fed('--after', absent, ...ofIndex())).toEqual(await fed('--after', absent, '--dir', 'data'));
    const [stream] = (await fed('--all', '--dir', 'data')).filter((line) => line !== '').map(streamOf);
    const notices = (await fed('--after', `${stream}:999`, ...ofIndex())).filter((line) => line.includes('"notice"'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('"notice":"stream_replaced"');
  });
});

/** Documents come one by one, in an order of the test's choice. */
describe('documents that come late or in another order', () => {
  const LATE = 'logs-stepseal.audit.otel-late';
  const START = { after: new Map<string, number>(), all: true, unsealed: false, patient: true };
  const MINUTE_MS = 60_000;
  let documents: Map<number, object>;
  /** Number of the first seal. */
  let given: number;
  let server: Awaited<ReturnType<typeof connect>>;

  beforeAll(async () => {
    server = await connect({ url: store.url, user: 'elastic', password: store.password });
    const [stream] = (await fed('--all', '--dir', 'data')).filter((line) => line !== '').map(streamOf);
    const query = { term: { 'attributes.audit.sequence.stream_id': stream } };
    const { body } = await store.call('POST', '/logs-stepseal.audit.otel-default/_search', { size: 1_000, query });
    const hits = (body as { hits: { hits: { _source: { attributes: Record<string, number> } }[] } }).hits.hits;
    documents = new Map(hits.map(({ _source }) => [_source.attributes['audit.sequence.number'] as number, _source]));
    given = Math.min(...[...documents.keys()].filter((number) => eventOf(documents.get(number)) === 'stepseal.seal'));
  });

  afterAll(() => server?.close());

  async function arrive(...numbers: number[]): Promise<void> {
    for (const number of numbers) await store.call('POST', `/${LATE}/_create/n${number}`, documents.get(number));
    await store.call('POST', `/${LATE}/_refresh`);
  }

  async function turn(tail: IndexTail, nowMs: number): Promise<(number | string)[]> {
    const items: (number | string)[] = [];
    for await (const item of tail.advance(nowMs)) {
      items.push('notice' in item ? `${item.notice} ${item.after}` : item.number);
    }
    return items;
  }

  test('are given in the order of their stream, each once, and are waited for before they are passed over', async () => {
    const tail = new IndexTail(new IndexReader(server, LATE), START);
    // Of the young and of the old: every turn here is a sweep, since a minute lies between them.
    let nowMs = Date.now();
    const next = (): Promise<(number | string)[]> => turn(tail, (nowMs += MINUTE_MS));
    const all = Array.from({ length: given }, (_, at) => at + 1);

    await arrive(1, 3);
    expect(await next()).toEqual([1]);
    expect(await next()).toEqual(['records_missing 1']);
    await arrive(...all.slice(3));
    expect(await next()).toEqual(all.slice(2));
    await arrive(2);
    expect(await next()).toEqual([2]);
    expect(await next()).toEqual([]);
  });

  test('are new to a feed from now on that began before they came', async () => {
    const tail = new IndexTail(new IndexReader(server, LATE), { ...START, all: false });
    let nowMs = Date.now();
    const next = (): Promise<(number | string)[]> => turn(tail, (nowMs += MINUTE_MS));
    expect(await next()).toEqual([]);
    const rest = [...documents.keys()].filter((number) => number > given).sort((a, b) => b - a);
    expect(rest.length).toBeGreaterThan(1);
    await arrive(...rest);
    expect(await next()).toEqual(rest.toReversed());
  });
});

function streamOf(line: string): string {
  return (JSON.parse(line) as { stream: string }).stream;
}

function eventOf(document: object | undefined): string {
  return (document as { event_name: string }).event_name;
}
