// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Answer, JsonObject, Server } from '@stepseal/elastic';
import { describe, expect, test } from 'vitest';
import { findStepUps } from '../src/elasticsearch/find-step-ups.ts';
import { recordQuery } from '../src/elasticsearch/index-query.ts';
import { IndexReader } from '../src/elasticsearch/index-reader.ts';
import type { Ranking } from '../src/elasticsearch/latest-step-ups.ts';
import { rankStepUps } from '../src/elasticsearch/rank-step-ups.ts';
import { absent, anyText, present, text } from '../src/search/condition.ts';
import { stepUpPayloads } from './support/samples.ts';

const WINDOW = { sinceMs: 1_000, untilMs: Number.POSITIVE_INFINITY };
const NOTHING = { took: 1, timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits: [] } };

/** A server that gives one answer after the other, the last one for ever, and keeps what it was asked. */
function server(...answers: Answer[]): Server & { readonly asked: JsonObject[]; readonly paths: string[] } {
  const asked: JsonObject[] = [];
  const paths: string[] = [];
  return {
    asked,
    paths,
    request(_, path, body) {
      paths.push(path);
      asked.push((body ?? {}) as JsonObject);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      return Promise.resolve(answer ?? { status: 200, body: NOTHING });
    },
    close: () => Promise.resolve(),
  };
}

function ask(...answers: Answer[]): Promise<unknown> {
  return new IndexReader(server(...answers), 'records').search({ size: 0 });
}

describe('a question to Elasticsearch', () => {
  test('asks for one of the values of one of the attributes, in the time that is meant', () => {
    const query = JSON.stringify(recordQuery(anyText(['user.hash', 'user.id'], ['h', 'u']), WINDOW));
    for (const [field, value] of Object.entries({ 'user.hash': 'h', 'user.id': 'u' }))
      expect(query).toContain(`{"term":{"attributes.${field}":"${value}"}}`);
    expect(query).toContain('{"range":{"@timestamp":{"gte":1000,"format":"epoch_millis"}}}');
  });

  test('asks for facts of one record together', () => {
    const unmet = present([
      [{ kind: 'flag', attribute: 'step_up.requirement_met', value: false }, text('step_up.access.result', 'granted')],
    ]);
    expect(recordQuery(unmet, undefined)).toMatchObject({
      bool: {
        filter: [
          {
            bool: {
              filter: [
                { term: { 'attributes.step_up.requirement_met': false } },
                { term: { 'attributes.step_up.access.result': 'granted' } },
              ],
            },
          },
        ],
      },
    });
  });

  test('does not limit to a time what must not be there at any time', () => {
    const ended = absent([[{ kind: 'event', name: 'step_up.completed' }]]);
    expect(JSON.stringify(recordQuery(ended, WINDOW))).not.toContain('@timestamp');
  });

  test('takes what is typed for text, not for a pattern', () => {
    const query = JSON.stringify(recordQuery(present([[{ kind: 'word', spelling: '50*?' }]]), undefined));
    expect(query).toContain('"value":"*50\\\\*\\\\?*"');
    expect(query).not.toContain('"value":"*50*?*"');
  });

  test('stays within the data stream whatever its name is', async () => {
    const one = server();
    await new IndexReader(one, '../_cluster/settings?x').search({});
    expect(one.paths[0]).toMatch(/^\/[^/?]+\/_search\?allow_partial_search_results=false$/);
  });

  test('needs few requests where one page holds all', async () => {
    const one = server();
    const filters = [anyText(['user.hash'], ['h'])];
    await findStepUps(new IndexReader(one, 'records'), { filters, window: undefined, limit: 50 });
    expect(one.asked.length).toBeLessThan(4);
  });
});

describe('of many step-ups, the latest', () => {
  const ID = 'attributes.step_up.id';
  const LIMIT = 3;

  /** As many documents of this filter, of which the server shows `shown` in each time that is asked for. */
  async function ranked(
    documents: number,
    shown: (query: string) => string[],
    aggregations: Record<string, unknown> = {},
  ): Promise<{ ranking: Ranking; walked: string[] }> {
    const walked: string[] = [];
    const one: Server = {
      request: (_, __, body = {}) => {
        const asked = body as JsonObject;
        if (!('docvalue_fields' in asked)) {
          const loose = JSON.stringify(asked['query']).includes('must_not');
          const hits = { total: { value: loose ? 0 : documents }, hits: [] };
          return Promise.resolve({ status: 200, body: { ...NOTHING, hits, aggregations } });
        }
        const query = JSON.stringify(asked['query']);
        walked.push(query);
        const hits = shown(query).map((id, at) => ({ sort: [`${walked.length}-${at}`], fields: { [ID]: [id] } }));
        return Promise.resolve({ status: 200, body: { ...NOTHING, hits: { hits } } });
      },
      close: () => Promise.resolve(),
    };
    const filters = [present([[text('step_up.outcome', 'failed')]])];
    const ranking = await rankStepUps(new IndexReader(one, 'records'), { filters, window: undefined, limit: LIMIT });
    return { ranking, walked };
  }

  const beginning = (query: string): number => Number(/"gte":(\d+)/.exec(query)?.[1] ?? 0);

  test('are looked for in the last hour, and no further where there are enough', async () => {
    const { ranking, walked } = await ranked(20_000, () => ['a', 'b', 'c', 'd'], { ids: { value: 15_000 } });
    expect(ranking).toEqual({ ids: ['a', 'b', 'c'], matched: 15_000, counted: 'about', loose: 0 });
    expect(walked).toHaveLength(1);
    expect(Date.now() - beginning(walked[0] ?? '')).toBeLessThan(2 * 3_600_000);
  });

  test('are looked for ever further back, to the very first document', async () => {
    const { ranking, walked } = await ranked(20_000, (query) => (beginning(query) === 0 ? ['old'] : []), {
      ids: { value: 15_000 },
    });
    expect(ranking.ids).toEqual(['old']);
    const beginnings = walked.map(beginning);
    expect(beginnings).toEqual(beginnings.toSorted((a, b) => b - a));
    expect(new Set(beginnings).size).toBe(walked.length);
    expect(beginnings.at(-1)).toBe(0);
  });

  test('are counted exactly where many documents are of few of them', async () => {
    const { ranking } = await ranked(20_000, (query) => (beginning(query) === 0 ? ['b', 'c', 'd'] : ['a', 'b']), {
      ids: { value: 4 },
    });
    expect(ranking).toMatchObject({ ids: ['a', 'b', 'c'], matched: 4, counted: 'exactly' });
  });

  test('are counted exactly up to ten thousand, whichever share their documents', async () => {
    const full = Array.from({ length: 500 }, (_, at) => `step-up-${at}`);
    const buckets = [
      { key: 'step-up-1', doc_count: 3 },
      { key: 'step-up-9', doc_count: 2 },
    ];
    const { ranking, walked } = await ranked(4_000, () => full, { shared: { buckets }, loose: { doc_count: 7 } });
    expect(ranking).toEqual({ ids: full.slice(0, LIMIT), matched: 3_990, counted: 'exactly', loose: 7 });
    expect(walked).toHaveLength(1);
  });
});

describe('an answer of Elasticsearch is not taken for the whole', () => {
  test.each([
    ['a shard failed', { ...NOTHING, _shards: { total: 2, failed: 1 } }, 'ELASTIC_REFUSED'],
    ['the time was over', { ...NOTHING, timed_out: true }, 'ELASTIC_REFUSED'],
    ['no index is of that name', { ...NOTHING, _shards: { total: 0, failed: 0 } }, 'NOT_FOUND'],
  ])('where %s', async (_, body, code) => {
    await expect(ask({ status: 200, body })).rejects.toMatchObject({ code });
  });

  test('where it is refused: the kinds of error are named, and nothing of what was asked', async () => {
    const caused = { type: 'too_many_buckets_exception', reason: 'user alice' };
    const error = { type: 'search_phase_execution_exception', root_cause: [], caused_by: caused };
    const refused = ask({ status: 503, body: { error } });
    await expect(refused).rejects.toMatchObject({
      code: 'ELASTIC_REFUSED',
      message: expect.stringContaining('too_many_buckets_exception (503). A shorter time'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('alice') });
  });
});

describe('what a document says is sealed', () => {
  const payloads = stepUpPayloads('genuine');

  /** The fields lead to an id; the documents hold these payloads. */
  async function found(id: string, outcome: string): Promise<Awaited<ReturnType<typeof findStepUps>>> {
    const page = { ...NOTHING, hits: { hits: [{ sort: ['t'], fields: { 'attributes.step_up.id': [id] } }] } };
    const hits = payloads.map((payload, at) => ({
      sort: [at],
      _source: { attributes: { 'audit.integrity.payload': payload, 'step_up.outcome': outcome } },
    }));
    const answers = new Map<string, object>([
      ['docvalue_fields', page],
      ['_source', { ...NOTHING, hits: { hits } }],
      ['track_total_hits', { ...NOTHING, hits: { total: { value: 1 }, hits: [] } }],
    ]);
    const one: Server = {
      request: (_, __, body = {}) => {
        const kind = [...answers.keys()].find((key) => key in body);
        return Promise.resolve({ status: 200, body: answers.get(kind ?? '') ?? NOTHING });
      },
      close: () => Promise.resolve(),
    };
    const filters = [present([[text('step_up.outcome', outcome)]])];
    return findStepUps(new IndexReader(one, 'records'), { filters, window: undefined, limit: 50 });
  }

  test('and told, where it is what was asked for', async () => {
    expect(await found('genuine', 'passed')).toMatchObject({ matched: 1, unread: [], stories: [{ id: 'genuine' }] });
  });

  test('and not told, but counted, where a field beside it was changed to what was asked for', async () => {
    const { matched, stories, unread } = await found('genuine', 'denied');
    expect({ matched, stories }).toEqual({ matched: 0, stories: [] });
    expect(unread).toEqual([expect.stringContaining('1 step-up(s) found by fields that are not what was sealed')]);
  });

  test('and not told under the id of another', async () => {
    const { matched, stories, unread } = await found('another', 'passed');
    expect({ matched, stories }).toEqual({ matched: 0, stories: [] });
    expect(unread).toHaveLength(1);
  });
});
