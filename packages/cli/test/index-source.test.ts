// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, test } from 'vitest';
import type { Call } from '../src/command.ts';
import { checkIndexOptions, openIndex } from '../src/index-source.ts';

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

test('what is asked for is an index or paths', () => {
  expect(() => checkIndexOptions(call({}, 'archive'))).not.toThrow();
  expect(() => checkIndexOptions(call({ elasticsearch: URL_OF_NOBODY }))).not.toThrow();
});

test.each([
  [{ 'delivery-grace': '15' }, 'Option --delivery-grace needs a duration'],
  [{ 'delivery-grace': 'soon' }, 'Option --delivery-grace needs a duration'],
  [{ stream: '../../etc' }, 'Option --stream needs the id of a stream'],
  [{ 'api-key-file': '/no/such/file' }, 'The file of --api-key-file cannot be read.'],
])('%j is refused before anybody is asked', async (flags, message) => {
  const wrong = call({ elasticsearch: URL_OF_NOBODY, ...flags });
  await expect(openIndex(wrong, { trust: undefined })).rejects.toThrow(message);
});
