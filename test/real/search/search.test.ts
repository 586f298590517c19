// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { type Printed, stepseal } from './support/command.ts';
import { deliver, demonstrate } from './support/demonstration.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-search-'));
const passwordFile = join(directory, 'password');

let store: Elasticsearch;
let collector: Collector;
let run: string;

beforeAll(async () => {
  [store] = await Promise.all([elasticsearch(), Promise.resolve().then(() => (run = demonstrate(directory)))]);
  writeFileSync(passwordFile, store.password);
  // Paths are shown, and opened, as seen from there.
  process.chdir(run);
  await installed(store);
  collector = await collectorWithFragment(store);
  await deliver(join(run, 'data'), collector, store);
}, 400_000);

afterAll(async () => {
  await collector?.stop();
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The same question to the segments. */
function ofSegments(...argv: string[]): Promise<Printed> {
  return stepseal(...argv, '--data-dir', 'data');
}

/** The same question to Elasticsearch; the data directory only lends its pseudonym key. */
function ofIndex(...argv: string[]): Promise<Printed> {
  return stepseal(...argv, '--data-dir', 'data', ...connection());
}

function connection(url = store.url): string[] {
  return ['--elasticsearch', url, '--elasticsearch-user', 'elastic', '--password-file', passwordFile];
}

/** One who proved himself, as `search` shows him. */
async function somebody(): Promise<{ id: string; user: string; session: string }> {
  const { out } = await ofSegments('search', '--outcome', 'passed', '--method', 'webauthn', '--ndjson');
  const found = JSON.parse(out) as { id: string; user: { hash: string }; session: { id: string } };
  return { id: found.id, user: found.user.hash, session: found.session.id };
}

const FILTERS: readonly (readonly string[])[] = [
  [],
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
    for (const form of [[], ['--json'], ['--ndjson'], ['--wide']]) {
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
      [id],
      [user],
      [session, '--events'],
    ]) {
      const expected = await ofSegments('search', ...filters, '--json');
      expect(JSON.parse(expected.out)).not.toMatchObject({ matched: 0 });
      expect(await ofIndex('search', ...filters, '--json')).toEqual(expected);
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

describe('explain tells from Elasticsearch what it tells from the segments', () => {
  test.each([[[]], [['--all']], [['--json']], [['--all', '--json']]])('%j', async (form) => {
    const trust = ['--trust', 'trust.json'];
    expect(await ofIndex('explain', ...form, ...trust)).toEqual(await ofSegments('explain', ...form, ...trust));
  });

  test('one of them, with the verdict on its streams alone', async () => {
    const { id } = await somebody();
    for (const form of [[], ['--quick']]) {
      const argv = ['explain', id, ...form, '--trust', 'trust.json'];
      const expected = await ofSegments(...argv);
      expect(expected.out).toContain('SEALED');
      expect(await ofIndex(...argv)).toEqual(expected);
    }
  });
});
