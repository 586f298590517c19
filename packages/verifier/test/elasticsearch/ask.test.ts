// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { expect, test } from 'vitest';
import { ask } from '../../src/elasticsearch/ask.ts';

/** A client whose every request fails, with an error that holds the request. */
function failing(message: string): Client {
  const error = Object.assign(new Error(message), {
    name: 'ConnectionError',
    meta: { statusCode: 0, meta: { request: { params: { headers: { authorization: 'ApiKey secret' } } } } },
  });
  return { transport: { request: () => Promise.reject(error) } } as unknown as Client;
}

test.each([
  ['connect ECONNREFUSED 10.0.0.1:9200', 'ConnectionError, ECONNREFUSED'],
  ['getaddrinfo ENOTFOUND es.example', 'ConnectionError, ENOTFOUND'],
  ['self-signed certificate in certificate chain', 'self-signed certificate in certificate chain'],
  ['unable to verify the first certificate; ApiKey secret', 'unable to verify the first certificate)'],
  ['ApiKey secret', '(ConnectionError).'],
])('%s: the message says why, and nothing of the request', async (message, why) => {
  const said = await ask(failing(message), 'GET', '/').then(String, String);
  expect(said).toContain(why);
  expect(said).not.toContain('secret');
});
