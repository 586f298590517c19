// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Call } from '../src/command.ts';
import { checkIndexOptions, openIndex } from '../src/index-source.ts';
import { run } from '../src/run.ts';
import { processTerminal } from '../src/terminal.ts';

const cwd = mkdtempSync(join(tmpdir(), 'stepseal-index-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const URL_OF_NOBODY = 'http://127.0.0.1:1';

function call(flags: Call['flags'], ...paths: readonly string[]): Call {
  return { flags, arguments: paths, cwd: '/' } as unknown as Call;
}

test.each<[Call, string]>([
  [call({ stream: 'x' }), 'Option --stream needs --elasticsearch.'],
  [call({ 'delivery-grace': '1h' }, 'archive'), 'Option --delivery-grace needs --elasticsearch.'],
])('an option that means nothing for segments is not passed over', (wrong, message) => {
  expect(() => checkIndexOptions(wrong)).toThrow(message);
});

test('options of an index are heeded beside one, and nothing is wrong without them', () => {
  expect(() => checkIndexOptions(call({}, 'archive'))).not.toThrow();
  expect(() => checkIndexOptions(call({ elasticsearch: URL_OF_NOBODY }))).not.toThrow();
});

test.each([
  ['verify --interval 1s', 'Option --interval needs --watch.'],
  ['verify --endpoint http://collector:4319', 'Option --endpoint needs --watch.'],
  ['verify --watch --interval 0s', 'Option --interval must be from 1s to 7d.'],
  ['verify --watch --interval 30d', 'Option --interval must be from 1s to 7d.'],
  ['verify --watch --watch-deployment Bank!', 'Option --watch-deployment needs a name'],
  ['verify --watch --segments copy --elasticsearch http://127.0.0.1:1', 'leave out --segments'],
  ['verify --watch archive --elasticsearch http://127.0.0.1:1', 'Name paths or --elasticsearch'],
  ['verify --watch --since 90d --until 1d', 'leave out --until'],
  ['verify --watch --since soon', 'Option --since needs a date'],
  ['verify --watch -', 'Standard input and pipes cannot be watched.'],
  ['verify --segments copy', 'name --elasticsearch too'],
  [
    'verify --segments . --stream 01a1ff09-28ef-75ad-95d0-1102f6bd9894 --elasticsearch http://127.0.0.1:1',
    'leave out --stream',
  ],
  ['search --api-key-file key', 'Option --api-key-file needs --elasticsearch.'],
  ['explain --data-stream logs-other', 'Option --data-stream needs --elasticsearch.'],
  ['tail --ca-file ca.pem', 'Option --ca-file needs --elasticsearch.'],
])('an option that cannot be heeded is a mistake of the command line: %s', async (line, message) => {
  const said: string[] = [];
  const nowhere = { write: (text: string) => said.push(text) > 0, on: () => undefined };
  const around = { cwd, env: {}, stdin: process.stdin, terminal: processTerminal(nowhere, nowhere, {}) };
  expect([await run(line.split(' '), around), said.join('')]).toEqual([64, expect.stringContaining(message)]);
  expect(readdirSync(cwd)).toEqual([]);
});

test.each([
  [{ 'delivery-grace': '15' }, 'Option --delivery-grace needs a length of time'],
  [{ 'delivery-grace': 'soon' }, 'Option --delivery-grace needs a length of time'],
  [{ stream: '../../etc' }, 'Option --stream needs the id of a stream'],
  [{ 'api-key-file': '/no/such/file' }, 'The file of --api-key-file cannot be read.'],
  [{ 'api-key-file': '/dev/null' }, 'The file of --api-key-file is empty.'],
  [{ 'api-key-file': 'key', 'elasticsearch-user': 'auditor' }, 'not both'],
  [{ 'elasticsearch-user': 'auditor' }, 'A user needs a password'],
])('%j is refused before anybody is asked', async (flags, message) => {
  const wrong = call({ elasticsearch: URL_OF_NOBODY, ...flags });
  await expect(openIndex(wrong, { trust: undefined })).rejects.toThrow(message);
});
