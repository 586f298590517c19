// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roleDescriptor } from '@stepseal/elastic';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Printed, stepseal } from '../../../packages/cli/test/support/command.ts';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { deliver, demonstrate } from './support/demonstration.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-search-'));
const passwordFile = join(directory, 'password');

const STREAM = 'logs-stepseal.audit.otel-default';

let store: Elasticsearch;
let collector: Collector;
let run: string;

beforeAll(async () => {
  [store] = await Promise.all([
    elasticsearch({ writer: roleDescriptor('writer') }),
    Promise.resolve().then(() => (run = demonstrate(directory))),
  ]);
  writeFileSync(passwordFile, store.password);
  // Paths are shown, and opened, as seen from there.
  process.chdir(run);
  await store.addUser('collector', store.password, 'writer');
  await installed(store);
  collector = await collectorWithFragment(store);
  await deliver(join(run, 'data'), collector, store);
});

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The same question to the segments. */
function ofSegments(command: string, ...argv: string[]): Promise<Printed> {
  return stepseal(command, '--data-dir', 'data', ...argv);
}

/** The same question to Elasticsearch; the data directory only lends its pseudonym key. */
function ofIndex(command: string, ...argv: string[]): Promise<Printed> {
  return stepseal(command, '--data-dir', 'data', ...connection(), ...argv);
}

function connection(url = store.url, user = 'elastic'): string[] {
  return ['--elasticsearch', url, '--elasticsearch-user', user, '--password-file', passwordFile];
}

/** One who proved himself, as `search` shows him. */
async function somebody(): Promise<{ id: string; user: string; session: string }> {
  const { out } = await ofSegments('search', '--outcome', 'passed', '--method', 'webauthn', '--ndjson');
  const found = JSON.parse(out) as { id: string; user: { hash: string }; session: { id: string } };
  return { id: found.id, user: found.user.hash, session: found.session.id };
}

const FILTERS: readonly (readonly string[])[] = [
  [],
  ['--wide'],
  ['--user', 'customer-1042'],
  ['--user', 'customer-1042', '--events'],
  ['--user', 'nobody'],
  ['--outcome', 'passed'],
  ['--outcome', 'failed,locked_out'],
  ['--outcome', 'open'],
  ['--outcome', 'open', '--until', '15min'],
  ['--outcome', 'expired', '--access', 'unmet'],
  ['--method', 'totp'],
  ['--trigger', 'acr_insufficient'],
  ['--trigger', 'acr_insufficient', '--outcome', 'passed', '--access', 'granted'],
  ['--trigger', 'acr_insufficient', '--outcome', 'passed', '--events'],
  ['--action', 'POST /transfers'],
  ['--action', '/limits'],
  ['--access', 'granted'],
  ['--access', 'unmet'],
  ['--access', 'unmet,blocked', '--events'],
  ['--event', 'completed'],
  ['--event', 'enrolled', '--events'],
  ['--event', 'enrolled'],
  ['--event', 'seal,stream.open', '--events'],
  ['--since', '1h'],
  ['--until', '1h'],
  ['--since', '1h', '--events', '--event', 'attempted'],
  ['--limit', '3'],
  ['--limit', '3', '--newest-first'],
  ['--events', '--limit', '4'],
  ['--events', '--limit', '4', '--newest-first'],
  ['--events', '--limit', 'all'],
  ['--events', '--limit', 'all', '--newest-first'],
  ['wrong'],
  ['wrong', '--events'],
  ['webauthn'],
  ['TRANSFERS', '--outcome', 'passed'],
  ['POST /limits'],
  ['too many answers', '--events'],
  ['Firefox', 'Berlin'],
  ['step_up.enrol', '--events'],
  ['no such word'],
  ['--fail-if-more', '3'],
  ['--access', 'unmet', '--fail-if-more', '0'],
  ['--outcome', 'denied', '--fail-if-more', '0'],
];

describe('a search in Elasticsearch prints what a search in the segments prints', () => {
  test.each(FILTERS.map((filters) => [filters]))('%j', async (filters) => {
    for (const form of [[], ['--json'], ['--ndjson']]) {
      const expected = await ofSegments('search', ...filters, ...form);
      expect(await ofIndex('search', ...filters, ...form)).toEqual(expected);
    }
  });

  test('by id, by recorded hash of user and session, and by all of them', async () => {
    const { id, user, session } = await somebody();
    for (const filters of [
      ['--id', id],
      ['--id', `${id},unknown`],
      ['--user', user],
      ['--session', session],
      ['--id', id, '--user', user, '--session', session, '--outcome', 'passed'],
      // One in 64 of them begins with a dash.
      ['--', id],
      ['--', user],
      ['--events', '--', session],
    ]) {
      const expected = await ofSegments('search', '--json', ...filters);
      expect(JSON.parse(expected.out)).not.toMatchObject({ matched: 0 });
      expect(await ofIndex('search', '--json', ...filters)).toEqual(expected);
    }
  });

  test('the filters of this test find something, so that it could fail', async () => {
    const found = await Promise.all(
      FILTERS.map(async (filters) => {
        const { out } = await ofSegments('search', ...filters, '--json');
        return (JSON.parse(out) as { matched: number }).matched > 0;
      }),
    );
    expect(found.filter(Boolean).length).toBeGreaterThan(FILTERS.length * 0.7);
  });
});

test('a search that verifies finds in Elasticsearch what it finds in the segments: all of it sealed', async () => {
  for (const form of [[], ['--json'], ['--events', '--ndjson']]) {
    const argv = ['--access', 'granted', '--verify', '--trust', 'trust.json', ...form];
    const expected = await ofSegments('search', ...argv);
    expect(expected.code).toBe(0);
    expect(await ofIndex('search', ...argv)).toEqual(expected);
  }
});

describe('explain tells from Elasticsearch what it tells from the segments', () => {
  test.each([[[]], [['--all']], [['--json']], [['--all', '--json']]])('%j', async (form) => {
    const trust = ['--trust', 'trust.json'];
    expect(await ofIndex('explain', ...form, ...trust)).toEqual(await ofSegments('explain', ...form, ...trust));
  });

  test('one of them, with the verdict on its streams alone', async () => {
    const { id } = await somebody();
    for (const form of [[], ['--quick']]) {
      const argv = [id, ...form, '--trust', 'trust.json'];
      const expected = await ofSegments('explain', ...argv);
      expect(expected.out).toContain('SEALED');
      expect(await ofIndex('explain', ...argv)).toEqual(expected);
    }
  });
});

describe('a search is refused, and says why, where Elasticsearch cannot answer it as a whole:', () => {
  test('nobody listens', async () => {
    const { code, out, err } = await stepseal('search', ...connection('http://127.0.0.1:9'));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^stepseal: ELASTIC_UNREACHABLE: .*ECONNREFUSED/);
  });

  test('the password is wrong', async () => {
    const wrong = join(directory, 'wrong');
    writeFileSync(wrong, 'wrong');
    const { code, err } = await stepseal('search', ...connection(), '--password-file', wrong);
    expect(code).toBe(3);
    expect(err).toMatch(/^stepseal: ELASTIC_UNAUTHENTICATED: .*401/);
  });

  test('the role may only write: the missing privilege is named', async () => {
    const { code, err } = await stepseal('search', ...connection(store.url, 'collector'), '--data-stream', STREAM);
    expect(code).toBe(3);
    expect(err).toMatch(/^stepseal: ELASTIC_FORBIDDEN: .*403.*index privileges .*read/);
  });

  test.each(['logs-stepseal.audit.otel-nowhere', 'logs-nothing-*'])('there is no %s', async (name) => {
    const { code, err } = await stepseal('search', ...connection(), '--data-stream', name);
    expect(code).toBe(3);
    expect(err).toContain(`stepseal: NOT_FOUND: There is no data stream ${name} in Elasticsearch`);
  });

  test('one of two indices cannot be searched: the other one is not taken for all', async () => {
    await store.call('PUT', '/part-1', { mappings: { properties: { '@timestamp': { type: 'date_nanos' } } } });
    await store.call('PUT', '/part-2', { mappings: { properties: { '@timestamp': { type: 'keyword' } } } });
    const document = { '@timestamp': '2026-01-01T00:00:00Z', 'attributes.step_up.id': 'x' };
    for (const index of ['part-1', 'part-2']) await store.call('PUT', `/${index}/_doc/1?refresh=true`, document);
    const { code, out, err } = await stepseal('search', ...connection(), '--data-stream', 'part-*');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^stepseal: ELASTIC_REFUSED: /);
  });

  test('the server allows fewer buckets than the question needs', async () => {
    const limit = (most: number | null): Promise<unknown> =>
      store.call('PUT', '/_cluster/settings', { persistent: { 'search.max_buckets': most } });
    await limit(2);
    const { code, out, err } = await ofIndex('search', '--trigger', 'acr_insufficient', '--outcome', 'passed,failed');
    await limit(null);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^stepseal: ELASTIC_REFUSED: .*too_many_buckets/);
  });

  test('nothing is recorded there', async () => {
    await store.call('PUT', '/empty-1');
    const { code, err } = await stepseal('search', ...connection(), '--data-stream', 'empty-1', '--fail-if-more', '0');
    expect(code).toBe(3);
    expect(err).toContain('stepseal: NOT_FOUND: There is no record in empty-1 in Elasticsearch');
  });

  test('two places are named', async () => {
    expect(await ofIndex('search', '--dir', 'data')).toMatchObject({ code: 64 });
  });
});

describe('somebody changes what is searched, and not what was sealed:', () => {
  test('the record is found or not by what he wrote, and told as it was sealed, or said not to be', async () => {
    const outcome = { term: { 'attributes.step_up.outcome': 'locked_out' } };
    const { body } = await store.call('POST', `/${STREAM}/_search?seq_no_primary_term=true`, { query: outcome });
    const [hit] = (body as { hits: { hits: StoredHit[] } }).hits.hits;
    const { _index: index, _id: id, _seq_no: seqNo, _primary_term: term, _source: document } = hit as StoredHit;
    document.attributes['step_up.outcome'] = 'denied';
    const as = `if_seq_no=${seqNo}&if_primary_term=${term}&refresh=true`;
    expect(await store.call('PUT', `/${index}/_doc/${id}?${as}`, document)).toMatchObject({ status: 200 });

    expect((await ofIndex('search', '--outcome', 'locked_out')).out).toMatch(/^No step-ups match\./);
    const { out, err, code } = await ofIndex('search', '--outcome', 'denied', '--fail-if-more', '0');
    expect(out).toMatch(/^No step-ups match\./);
    expect(err).toContain('1 step-up(s) found by fields that are not what was sealed');
    expect(code).toBe(3);
    const verified = await ofIndex('search', '--method', 'totp', '--verify', '--trust', 'trust.json');
    expect(verified.code).toBe(1);
    expect(verified.out).toMatch(/ locked_out .*\n[^]*\nTAMPERED/);
    const wide = ['--method', 'totp', '--json'];
    expect((await ofIndex('search', ...wide)).out).toBe((await ofSegments('search', ...wide)).out);
  });
});

interface StoredHit {
  readonly _index: string;
  readonly _id: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: { readonly attributes: Record<string, unknown> };
}
