// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lineHash, type RecordLine, TestClock, TestWriter, writeStepUp } from '@stepseal/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepseal } from '../../../packages/cli/test/support/command.ts';
import { documentOf, openFacts } from '../attacks/support/exported.ts';
import { installed } from '../support/installed.ts';
import { type Elasticsearch, elasticsearch } from '../support/parts.ts';

/** So many that their documents are not put in order at once, and can all be counted. */
const STEP_UPS = 3_000;
const DAYS_MS = 80 * 86_400_000;
const STREAM = 'logs-stepseal.audit.otel-default';
/** A document of its own in each index, of a step-up that the roll-over parts. */
const PARTED_AT = 7_003;

const directory = mkdtempSync(join(tmpdir(), 'stepseal-search-many-'));
const passwordFile = join(directory, 'password');
const data = join(directory, 'data');

let store: Elasticsearch;

beforeAll(async () => {
  store = await elasticsearch();
  writeFileSync(passwordFile, store.password);
  await installed(store);
  const clock = new TestClock(Date.now() - DAYS_MS - 3_600_000);
  const writer = new TestWriter({ label: 'many', clock });
  const stream = writer.start();
  for (let number = 0; number < STEP_UPS; number++) {
    writeStepUp(stream, `step-up-${number}`);
    clock.advance(DAYS_MS / STEP_UPS);
  }
  writer.close();
  for (const [path, bytes] of writer.files()) {
    mkdirSync(dirname(join(data, path)), { recursive: true });
    writeFileSync(join(data, path), bytes);
  }
  const facts = openFacts(stream.lines);
  const records = stream.lines.filter((line): line is RecordLine => line.kind === 'record');
  await index(records.slice(0, PARTED_AT));
  await store.call('POST', `/${STREAM}/_rollover`);
  await index(records.slice(PARTED_AT));

  async function index(lines: readonly RecordLine[]): Promise<void> {
    const body = lines.map((line) => {
      const hash = lineHash(line);
      const record = { payload: line.text, hash, number: line.number, seal: stream.number };
      const document = documentOf(record, facts, 'default');
      return `${JSON.stringify({ create: { _id: hash } })}\n${JSON.stringify(document)}\n`;
    });
    const authorization = `Basic ${Buffer.from(`elastic:${store.password}`).toString('base64')}`;
    const response = await fetch(`${store.url}/${STREAM}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-ndjson' },
      body: body.join(''),
    });
    expect(await response.json()).toMatchObject({ errors: false });
  }
});

afterAll(async () => {
  await store?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('a search among many step-ups prints what a search in the segments prints', () => {
  test.each([
    [['--user', 'hmac-sha256:0a7f3d1e5b']],
    [['--user', 'hmac-sha256:0a7f3d1e5b', '--newest-first', '--limit', '700']],
    [['--user', 'hmac-sha256:0a7f3d1e5b', '--until', '30d', '--limit', '3']],
    [['--user', 'hmac-sha256:0a7f3d1e5b', '--since', '50d', '--until', '20d']],
    [['--user', 'hmac-sha256:0a7f3d1e5b', '--since', '2d']],
    [['--outcome', 'passed']],
    [['--outcome', 'passed', '--limit', '2000']],
    [['--action', 'POST /transfers', '--method', 'webauthn', '--since', '60d']],
    [['--limit', '3000']],
    [['--event', 'completed,access', '--since', '70d']],
  ])('%j', async (filters) => {
    const printed = await stepseal('search', ...filters, '--json', '--data-dir', data);
    expect(JSON.parse(printed.out)).toMatchObject({ counted: 'exactly', matched: expect.any(Number) });
    expect(JSON.parse(printed.out)).not.toMatchObject({ matched: 0 });
    const connection = [
      '--elasticsearch',
      store.url,
      '--elasticsearch-user',
      'elastic',
      '--password-file',
      passwordFile,
    ];
    expect(await stepseal('search', ...filters, '--json', '--data-dir', data, ...connection)).toEqual(printed);
  });
});
