// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { makeCertificates } from '../../../../test/delivery/certificates.ts';
import { connectKibana } from '../../src/kibana/connect-kibana.ts';

const SECRET = 'c2VjcmV0OnZhbHVl';
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listening(made: Server): Promise<number> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

/** A server that notes what it was asked, and answers with this text. */
async function serve(text: string): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const answer: RequestListener = ({ method, url, headers }, response) => {
    seen.push(`${method} ${url} ${headers.authorization} ${headers['kbn-xsrf']}`);
    response.end(text);
  };
  return { url: `http://127.0.0.1:${await listening(createServer(answer))}`, seen };
}

it('asks below the base path of its address and within the space, with the header that Kibana demands', async () => {
  const { url, seen } = await serve('{}');
  const kibana = connectKibana({ url: `${url}/observe/`, user: 'bob', password: 'p' }, 'fraud');
  await kibana.request('GET', '/api/status');
  expect(seen).toEqual([`GET /observe/s/fraud/api/status Basic ${btoa('bob:p')} stepseal`]);
});

it('lines of JSON are a list, and what is no JSON is nothing', async () => {
  const lines = await serve('{"a":1}\n{"b":2}\n');
  const listed = await connectKibana({ url: lines.url }).request('GET', '/api/x');
  expect(listed.body).toEqual([{ a: 1 }, { b: 2 }]);
  const page = await serve('<html>Log in</html>');
  expect((await connectKibana({ url: page.url }).request('GET', '/api/x')).body).toBeUndefined();
});

it('an answer that does not end is given up on', async () => {
  const endless: RequestListener = (_, response) => {
    const more = (): void => void response.write(Buffer.alloc(1024 * 1024), () => setImmediate(more));
    more();
  };
  const url = `http://127.0.0.1:${await listening(createServer(endless))}`;
  const failed = connectKibana({ url }).request('GET', '/api/x');
  await expect(failed).rejects.toMatchObject({ code: 'ELASTIC_UNREACHABLE' });
});

it('a certificate counts only with the file of its authority', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-kibana-tls-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { ca: caFile, server: cert, serverKey } = await makeCertificates(directory);
  const answer: RequestListener = (_, response) => response.end('{"ok":true}');
  const tls = { cert: readFileSync(cert), key: readFileSync(serverKey) };
  const url = `https://127.0.0.1:${await listening(createTlsServer(tls, answer))}`;
  const trusting = await connectKibana({ url, caFile, apiKey: SECRET }).request('GET', '/api/x');
  expect(trusting.body).toEqual({ ok: true });
  const error = await connectKibana({ url, apiKey: SECRET })
    .request('GET', '/api/x')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'ELASTIC_UNREACHABLE',
    message: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  });
  expect(inspect(error)).not.toContain(SECRET);
});
