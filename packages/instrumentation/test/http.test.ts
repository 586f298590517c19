// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { routeOf } from '../src/http/route.ts';
import { type Recorder, record } from './support/recorder.ts';
import { bearer, listen, STEP_UP, send, type TestServer, until } from './support/server.ts';

let recorder: Recorder;
let server: TestServer;

afterEach(async () => {
  recorder.capture.close();
  await server.close();
});

describe('a step-up demand is seen where the service', () => {
  const ways: [title: string, answer: (response: ServerResponse) => void][] = [
    ['sets the header', (response) => response.setHeader('WWW-Authenticate', STEP_UP).writeHead(401).end()],
    [
      'passes headers to writeHead as an object',
      (response) => response.writeHead(401, { 'www-authenticate': STEP_UP }).end(),
    ],
    [
      'passes headers to writeHead as a list',
      (response) => response.writeHead(401, ['WWW-Authenticate', STEP_UP]).end(),
    ],
    [
      'sets several challenges',
      (response) => response.setHeader('WWW-Authenticate', ['Basic realm="a"', STEP_UP]).writeHead(401).end(),
    ],
    [
      'gives a reason phrase too',
      (response) => response.writeHead(401, 'Prove it', { 'WWW-Authenticate': STEP_UP }).end('body'),
    ],
  ];
  test.each(ways)('%s', async (_title, answer) => {
    recorder = record();
    server = await listen((_request, response) => answer(response));
    expect((await send(server.port, '/pay?iban=DE00')).status).toBe(401);
    await until(() => recorder.records.length > 0);
    expect(recorder.names()).toEqual(['step_up.required']);
    expect(recorder.attribute(0, 'step_up.acr.requested')).toEqual(['gold']);
    expect(recorder.attribute(0, 'step_up.max_age_s')).toBe(60);
    expect(
      recorder.attribute(0, 'http.route'),
      'a bare server has no route, and the address is not recorded',
    ).toBeUndefined();
    expect(JSON.stringify(recorder.records[0]?.attributes)).not.toContain('/pay');
  });

  test('answers from another async context than the request; the trace is the one that was announced', async () => {
    const waiting: ServerResponse[] = [];
    const pool = setInterval(
      () => waiting.splice(0).map((response) => response.writeHead(401, { 'www-authenticate': STEP_UP }).end()),
      5,
    );
    recorder = record();
    server = await listen((_request, response) => waiting.push(response));
    await send(server.port, '/', {
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    });
    await until(() => recorder.records.length > 0);
    clearInterval(pool);
    const [sent] = recorder.records;
    expect(sent && trace.getSpanContext(sent.context)?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('nothing is recorded', () => {
  const ways: [title: string, answer: (response: ServerResponse) => void][] = [
    [
      'where the token is refused',
      (response) => response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end(),
    ],
    ['where no challenge is sent', (response) => response.writeHead(401).end()],
    [
      'where the challenge stands under another status',
      (response) => response.writeHead(403, { 'www-authenticate': STEP_UP }).end(),
    ],
    ['where all is well', (response) => response.end('ok')],
  ];
  test.each(ways)('%s', async (_title, answer) => {
    recorder = record();
    server = await listen((_request, response) => answer(response));
    await send(server.port, '/');
    await sleep(20);
    expect(recorder.names()).toEqual([]);
  });

  test('after the instrumentation was disabled', async () => {
    recorder = record();
    recorder.capture.close();
    server = await listen((_request, response) => response.writeHead(401, { 'www-authenticate': STEP_UP }).end());
    await send(server.port, '/');
    await sleep(20);
    expect(recorder.names()).toEqual([]);
  });
});

describe('under Express the route is recorded as it was written,', () => {
  test('never the address, also where a router is mounted under a parameter', async () => {
    const accounts = express.Router({ mergeParams: true });
    accounts.post('/transfers/:id', (_request, response) => {
      response.status(401).set('WWW-Authenticate', STEP_UP).json({});
    });
    const api = express.Router();
    api.use('/accounts/:iban', accounts);
    const app = express();
    app.use('/api/v1', api);
    app.post('/direct/:name', (_request, response) => {
      response.status(401).set('WWW-Authenticate', STEP_UP).json({});
    });
    recorder = record();
    server = await listen(app);
    await send(server.port, '/api/v1/accounts/DE991234/transfers/77?to=secret');
    await send(server.port, '/direct/somebody@example.org');
    await until(() => recorder.records.length === 2);
    expect(recorder.attribute(0, 'http.route')).toBe('/api/v1/accounts/:iban/transfers/:id');
    expect(recorder.attribute(0, 'step_up.action.name')).toBe('POST /api/v1/accounts/:iban/transfers/:id');
    expect(recorder.attribute(1, 'http.route')).toBe('/direct/:name');
    expect(JSON.stringify(recorder.records.map(({ attributes, body }) => ({ attributes, body })))).not.toMatch(
      /DE991234|secret|somebody|77/,
    );
  });

  test('and the mounted part is left out where the router cannot be read', async () => {
    const inner = express();
    inner.post('/x', (_request, response) => {
      response.status(401).set('WWW-Authenticate', STEP_UP).json({});
    });
    const app = express();
    app.use('/people/:name', inner);
    recorder = record();
    server = await listen(app);
    await send(server.port, '/people/somebody/x');
    await until(() => recorder.records.length === 1);
    expect(recorder.attribute(0, 'http.route')).toBe('/x');
  });
});

describe('what a regular expression matched is part of the address and not recorded', () => {
  test('under Express 5, nor is an expression of the service run', async () => {
    const inner = express.Router();
    inner.post('/x', (_request, response) => {
      response.status(401).set('WWW-Authenticate', STEP_UP).json({});
    });
    const sticky = /\/people\/[^/]+/g;
    const app = express();
    app.use('/people/nobody', express.Router());
    app.use(sticky, (request, response, next) => {
      sticky.lastIndex = 0;
      inner(request, response, next);
    });
    app.use(/\/accounts\/[^/]+/, inner);
    recorder = record();
    server = await listen(app);
    await send(server.port, '/accounts/DE991234/x');
    await send(server.port, '/people/somebody/x');
    await until(() => recorder.records.length === 2);
    expect(recorder.attribute(0, 'http.route')).toBe('/x');
    expect(recorder.attribute(1, 'http.route')).toBe('/x');
    expect(sticky.lastIndex).toBe(0);
  });

  test('under Express 4', () => {
    const stack = [{ regexp: /\/people\/[^/]+/, keys: [], handle: { stack: [{}] } }];
    const request = { route: { path: '/x' }, baseUrl: '/people/somebody', app: { _router: { stack } } };
    expect(routeOf(request as unknown as IncomingMessage)).toBe('/x');
  });
});

test('under Express a route is the same however its client spells it, also below a router without a path', async () => {
  const accounts = express.Router();
  accounts.post('/close', (_request, response) => {
    response.status(401).set('WWW-Authenticate', STEP_UP).json({});
  });
  const api = express.Router();
  api.use('/Accounts', accounts);
  const app = express();
  app.use(api);
  recorder = record();
  server = await listen(app);
  await send(server.port, '/aCCOUNTS/close');
  await until(() => recorder.records.length === 1);
  expect(recorder.attribute(0, 'http.route')).toBe('/Accounts/close');
});

test('a framework that throws when it is asked for the route costs the route, not the record', async () => {
  recorder = record();
  server = await listen((request, response) => {
    Object.defineProperty(request, 'route', {
      get() {
        throw new Error('not now');
      },
    });
    response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
  });
  await send(server.port, '/');
  await until(() => recorder.records.length === 1);
  expect(recorder.attribute(0, 'http.route')).toBeUndefined();
  expect(recorder.problems).toEqual(['USER_UNKNOWN']);
});

test('under Express 4 a mounted route is read although asking for the router throws', () => {
  const stack = [{ regexp: /^\/api\/?(?=\/|$)/i, keys: [], handle: { stack: [{}] } }];
  const app = Object.defineProperty({ _router: { stack } }, 'router', {
    get() {
      throw new Error('deprecated');
    },
  });
  const request = { route: { path: '/pay' }, baseUrl: '/api', app };
  expect(routeOf(request as unknown as IncomingMessage)).toBe('/api/pay');
});

test('requests that share kept-alive connections are never mixed up', async () => {
  recorder = record();
  server = await listen(async (request, response) => {
    const name = request.url?.slice(1) ?? '';
    await sleep(Number(name) % 7);
    await recorder.webauthn.generateAuthenticationOptions({
      rpID: 'localhost',
      challenge: Buffer.from(`challenge-${name}`),
    });
    await sleep(Number(name) % 3);
    response.writeHead(401, { 'www-authenticate': STEP_UP.replace('gold', `class-${name}`) }).end();
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const requests = 200;
  await Promise.all(
    Array.from(
      { length: requests },
      (_, index) =>
        new Promise<void>((resolve, reject) => {
          const headers = bearer({ sub: `user-${index}`, sid: `session-${index}` });
          httpRequest({ agent, port: server.port, host: '127.0.0.1', path: `/${index}`, headers }, (response) => {
            response.resume().on('end', resolve);
          })
            .on('error', reject)
            .end();
        }),
    ),
  );
  agent.destroy();
  await until(() => recorder.records.length === 2 * requests);
  const seen = new Map<unknown, { classes: unknown; user: unknown }>();
  for (const { eventName, attributes } of recorder.records) {
    const entry = { classes: attributes['step_up.acr.requested'], user: attributes['user.hash'] };
    if (eventName === 'step_up.required') seen.set(attributes['step_up.id'], entry);
    else
      expect(seen.get(attributes['step_up.id']), 'the challenge belongs to the demand of its own request').toEqual(
        entry,
      );
  }
  expect(seen.size).toBe(requests);
  expect(new Set([...seen.values()].map(({ user }) => user)).size).toBe(requests);
});

test('two instrumentations in one process each record the whole, and neither takes what the other needs', async () => {
  recorder = record();
  const other = record();
  server = await listen(async (_request, response) => {
    await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost' });
    await other.webauthn.generateAuthenticationOptions({ rpID: 'localhost' });
    response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
  });
  await send(server.port, '/');
  await until(() => recorder.records.length + other.records.length === 4);
  other.capture.close();
  expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged']);
  expect(other.names()).toEqual(['step_up.required', 'step_up.challenged']);
});

test('pipelined requests each keep their own frame', async () => {
  recorder = record();
  server = await listen(async (request, response) => {
    await sleep(request.url === '/1' ? 20 : 1);
    await recorder.webauthn.generateAuthenticationOptions({
      rpID: 'localhost',
      challenge: Buffer.from(request.url ?? ''),
    });
    response.writeHead(401, { 'www-authenticate': STEP_UP.replace('gold', `c${request.url}`) }).end();
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => recorder.records.length === 4);
  socket.destroy();
  expect(recorder.names()).toEqual([
    'step_up.required',
    'step_up.challenged',
    'step_up.required',
    'step_up.challenged',
  ]);
  expect(recorder.attribute(0, 'step_up.acr.requested')).toEqual(['c/1']);
  expect(recorder.attribute(0, 'step_up.id')).toBe(recorder.attribute(1, 'step_up.id'));
  expect(recorder.attribute(2, 'step_up.acr.requested')).toEqual(['c/2']);
  expect(recorder.attribute(2, 'step_up.id')).toBe(recorder.attribute(3, 'step_up.id'));
});

test('a demand whose client goes away half-way is recorded all the same, and says so', async () => {
  recorder = record();
  server = await listen((_request, response) => {
    response.writeHead(401, { 'www-authenticate': STEP_UP, 'content-length': 100_000_000 });
    response.write('x');
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  socket.once('data', () => socket.resetAndDestroy());
  await until(() => recorder.records.length === 1);
  expect(recorder.records[0]?.body).toContain('connection closed');
  expect(recorder.attribute(0, 'step_up.client.prefix'), 'although the connection is gone').toBe('127.0.0.0/24');
  expect(recorder.attribute(0, 'audit.outcome')).toBe('unknown');
});

test('a client that goes away before anything was decided leaves no record', async () => {
  let arrived = 0;
  recorder = record();
  server = await listen(() => {
    arrived += 1;
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  await until(() => arrived === 1);
  socket.destroy();
  await sleep(20);
  expect(recorder.names()).toEqual([]);
});

test('a hook that breaks is reported once and never reaches the request', async () => {
  recorder = record();
  server = await listen((request, response) => {
    Object.defineProperty(request, 'headers', {
      get() {
        throw new Error('secret-in-message');
      },
    });
    response.writeHead(401, { 'www-authenticate': STEP_UP }).end('still here');
  });
  const answers = [await send(server.port, '/'), await send(server.port, '/')];
  expect(answers).toEqual([
    { status: 401, body: 'still here' },
    { status: 401, body: 'still here' },
  ]);
  await until(() => recorder.problems.length > 0);
  expect(recorder.problems).toEqual(['CAPTURE_FAILED']);
});
