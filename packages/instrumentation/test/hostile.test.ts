// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { once } from 'node:events';
import fs, { rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { runInNewContext } from 'node:vm';
import { systemProcessTable } from '@stepseal/processor';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnswerChecked } from '../src/ceremony/observation.ts';
import { stepUp } from '../src/helper.ts';
import { Processes } from './support/processes.ts';
import { type Recorder, record } from './support/recorder.ts';
import { bearer, listen, STEP_UP, send, type TestServer, until } from './support/server.ts';

let recorder: Recorder;
let server: TestServer;
let serve: (request: IncomingMessage, response: ServerResponse) => unknown;
let served: number;

beforeEach(async () => {
  recorder = record();
  served = 0;
  server = await listen((request, response) => {
    // Registered after ours, so it is told last.
    response.once('close', () => setImmediate(() => (served += 1)));
    return serve(request, response);
  });
});

afterEach(async () => {
  recorder.capture.close();
  await server.close();
});

async function answered(path: string, handler: typeof serve, options: Parameters<typeof send>[2] = {}): Promise<void> {
  const before = served;
  serve = handler;
  await send(server.port, path, options);
  await until(() => served > before);
}

const demands: typeof serve = (_request, response) => response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
const says =
  (status: number): typeof serve =>
  (_request, response) =>
    response.writeHead(status).end();
const told = (): string[] => recorder.names().map((name) => name.replace('step_up.', ''));

const WRONG_CODE: AnswerChecked = {
  library: 'otplib',
  libraryVersion: '13.0.0',
  method: 'totp',
  arguments: [],
  challenge: undefined,
  outcome: 'failed',
  errorType: 'bad_code',
  userVerified: undefined,
  deviceType: undefined,
  backedUp: undefined,
  phishingResistant: false,
  result: undefined,
  error: undefined,
};

describe('somebody who knows no more than a name', () => {
  const victim = { headers: bearer({ sub: 'alice', jti: 'token-of-alice' }) };
  const forged = { headers: bearer({ sub: 'alice', jti: 'made-up' }) };
  const checks: typeof serve = (_request, response) => {
    recorder.capture.answerChecked(WRONG_CODE);
    response.writeHead(400).end();
  };

  test.each([429, 423, 410])(
    'does not end the step-up of that user by a token that he made up and a %i',
    async (no) => {
      await answered('/pay', demands, victim);
      await answered('/verify', checks, victim);
      await answered('/verify', says(no), forged);
      expect(told()).toEqual(['required', 'attempted']);
    },
  );

  test('does not use up the demand of that user by a token that he made up and a 403', async () => {
    await answered('/pay', demands, victim);
    await answered('/pay', says(403), forged);
    expect(told()).toEqual(['required']);
  });

  test('where the service itself says who he is, the lock-out is told', async () => {
    const known =
      (handler: typeof serve): typeof serve =>
      (request, response) => {
        Object.assign(request, { user: { id: 'alice' } });
        return handler(request, response);
      };
    await answered('/pay', known(demands), victim);
    await answered('/verify', known(checks), victim);
    await answered('/verify', known(says(429)), victim);
    expect(told()).toEqual(['required', 'attempted', 'completed']);
  });
});

test('of two bodies of unknown length, which nobody can see, none is taken for the other: a small one is no alarm', async () => {
  const chunked = async (handler: typeof serve, body: string): Promise<void> => {
    const before = served;
    serve = handler;
    const headers = { ...bearer({ sub: 'alice', sid: 'session-1', acr: 'basic' }), 'transfer-encoding': 'chunked' };
    const request = httpRequest({ port: server.port, host: '127.0.0.1', path: '/pay', method: 'POST', headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    await until(() => served > before);
  };
  await chunked(demands, '5000');
  await chunked(says(200), '5');
  expect(told()).toEqual(['required']);
});

test('a client that goes away before the service has decided was granted nothing', async () => {
  const headers = { ...bearer({ sub: 'alice', sid: 'session-1', acr: 'basic' }), 'content-length': '4' };
  await answered('/pay', demands, { headers, body: '5000' });
  const before = served;
  serve = (request) => request.destroy();
  const request = httpRequest({ port: server.port, host: '127.0.0.1', path: '/pay', method: 'POST', headers });
  request.on('error', () => {}).end('5000');
  await until(() => served > before);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told()).toEqual(['required']);
});

test('a refused answer that comes when the step-up has run out is told as expired, not as a replay', async () => {
  recorder.capture.close();
  recorder = record({ ceremony: { abandonAfterMs: 1 } });
  const { capture } = recorder;
  const headers = bearer({ sub: 'alice', sid: 'session-1' });
  const call = { library: 'webauthn', libraryVersion: '14.0.0', method: 'webauthn', arguments: [] } as const;
  const offers: typeof serve = (request, response) => {
    capture.challengeIssued({ ...call, challenge: 'a challenge', result: undefined });
    return demands(request, response);
  };
  await answered('/pay', offers, { headers });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await capture.closeOverdue();
  const answers: typeof serve = (_request, response) => {
    capture.answerChecked({ ...WRONG_CODE, ...call, challenge: 'a challenge', errorType: 'bad_signature' });
    response.writeHead(400).end();
  };
  await answered('/verify', answers, { headers });
  expect(told()).toEqual(['required', 'challenged', 'completed', 'attempted']);
  expect(recorder.attribute(3, 'error.type')).toBe('expired');
});

test('an error that is not like others does not come out of the hook that it is thrown in', () => {
  for (const thrown of [
    Object.assign(new Error('odd'), { constructor: undefined }),
    Object.create(Error.prototype, { constructor: { get: () => expect.unreachable() } }),
    new Proxy(new Error('odd'), {
      getPrototypeOf() {
        throw new Error('asked');
      },
    }),
    null,
  ]) {
    const run = (): void => {
      throw thrown;
    };
    expect(() => recorder.capture.guard(run)).not.toThrow();
  }
  expect(recorder.problems).toEqual(['CAPTURE_FAILED']);
});

test('a date of another realm is a date', () => {
  const authTime = runInNewContext('new Date(1795251341000)') as Date;
  stepUp.completed({ user: 'alice', session: 's', method: 'sms', outcome: 'passed', authTime });
  expect(recorder.attribute(0, 'step_up.auth_time')).toBe('2026-11-21T08:55:41Z');
  expect(recorder.problems).not.toContain('HELPER_INPUT_INVALID');
});

test('ids and addresses that may be recorded in clear never lie in a file beside the trail, not for a moment', async () => {
  recorder.capture.close();
  const processes = new Processes();
  let written = '';
  const writeFileSync = ((path: string, text: string, how: object) => {
    written += `${path} ${text}`;
    fs.writeFileSync(path, text, how);
  }) as typeof fs.writeFileSync;
  const config = { identity: { userIdInClear: true }, client: { fullAddress: true, trustedProxies: ['127.0.0.1'] } };
  const { capture, records } = processes.start(config, { files: { ...fs, writeFileSync }, settled: () => false });
  const secrets = { sub: 'alice@example.org', sid: 'session-of-alice' };
  const headers = { ...bearer(secrets), 'x-forwarded-for': '203.0.113.77', 'user-agent': 'AliceAgent/1.0' };
  try {
    await answered('/pay/4711?to=bob', demands, { headers });
    await answered(
      '/verify',
      (_request, response) => {
        capture.answerChecked(WRONG_CODE);
        capture.answerChecked({ ...WRONG_CODE, outcome: 'passed', errorType: undefined });
        response.writeHead(200, { 'set-cookie': 'sid=next-session' }).end();
      },
      { headers },
    );
    await answered('/pay/4711?to=bob', says(200), { headers });
  } finally {
    capture.close();
    rmSync(processes.dataDir, { recursive: true, force: true });
  }
  expect(records.map(({ attributes }) => [attributes['user.id'], attributes['client.address']])).toEqual(
    Array.from({ length: 4 }, () => ['alice@example.org', '203.0.113.77']),
  );
  expect(written).toContain('"outcome":"passed"');
  expect(written).not.toMatch(/alice|203\.0|4711|bob|next-session|AliceAgent|session-of/);
});

test('of two captures of one data directory in one process the second stays out and says so, or all is told twice', async () => {
  const processes = new Processes();
  const first = processes.start();
  const config = { ceremony: { shared: { dataDir: `${processes.dataDir}/.`, processes: systemProcessTable() } } };
  const second = record(config);
  try {
    await answered('/pay', demands);
    expect([first.names(), second.names()]).toEqual([['step_up.required'], []]);
    expect(second.problems).toEqual(['CAPTURED_TWICE']);
    first.capture.close();
    second.capture.open();
    await answered('/pay', demands);
    expect(second.names()).toEqual(['step_up.required']);
  } finally {
    first.capture.close();
    second.capture.close();
    rmSync(processes.dataDir, { recursive: true, force: true });
  }
});
