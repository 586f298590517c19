// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { type Connection, connect, refusal } from '../src/connect.ts';

const SECRET = 'c2VjcmV0OnZhbHVl';
let http: HttpServer | undefined;

afterEach(() => {
  http?.closeAllConnections();
  http?.close();
});

async function serve(status: number, body: object): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  http = createServer(({ method, url, headers }, response) => {
    seen.push(`${method} ${url} ${headers.authorization ?? ''}`);
    response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => http?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seen };
}

async function asked(connection: Connection): Promise<unknown> {
  const server = await connect(connection);
  return server.request('GET', '/_index_template/x').finally(() => server.close());
}

it('asks with the API key, and never for the root of the server', async () => {
  const { url, seen } = await serve(404, {});
  expect(await asked({ url, apiKey: SECRET })).toEqual({ status: 404, body: {} });
  expect(seen).toEqual([`GET /_index_template/x ApiKey ${SECRET}`]);
});

it('credentials that are refused have a code of their own and are not repeated, whatever the server says', async () => {
  const { url } = await serve(401, { error: { type: 'security_exception', reason: `bad ${SECRET}` } });
  const error: unknown = await asked({ url, user: 'bob', password: SECRET }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ELASTIC_UNAUTHENTICATED' });
  expect(inspect(error)).not.toContain(SECRET);
});

it('a server that is not there is told by a code, with neither address nor credentials', async () => {
  const error: unknown = await asked({ url: 'http://127.0.0.1:1', apiKey: SECRET }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ELASTIC_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') });
  expect(inspect(error)).not.toContain(SECRET);
});

it.each([
  ['no URL', { url: 'elasticsearch:9200' }],
  ['credentials in the URL', { url: `https://bob:${SECRET}@localhost:9200` }],
  ['a user without a password', { url: 'http://localhost:9200', user: 'bob' }],
  ['a certificate file that is not there', { url: 'https://localhost:9200', caFile: '/nonexistent/ca.pem' }],
])('%s is refused before anything is sent', async (_, connection: Connection) => {
  const error: unknown = await connect(connection).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ELASTIC_SETTING_INVALID' });
  expect(inspect(error)).not.toContain(SECRET);
});

it('a missing privilege is named', () => {
  const reason =
    'action [cluster:admin/ilm/put] is unauthorized for user [bob] with effective roles [x], this action is granted by the cluster privileges [manage_ilm,manage,all]';
  const error = refusal('install it', { status: 403, body: { error: { type: 'security_exception', reason } } });
  expect(error).toMatchObject({ code: 'ELASTIC_FORBIDDEN' });
  expect(error.message).toBe(
    'The credentials may not install it (403). It needs one of the cluster privileges manage_ilm, manage, all.',
  );
});
