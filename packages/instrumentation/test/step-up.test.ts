// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEvent, parsePayload } from '@stepseal/core/format';
import { validateEvent } from '@stepseal/core/semconv';
import { SoftwareAuthenticator } from '@stepseal/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Recorder, record } from './support/recorder.ts';
import { bearer, listen, STEP_UP, send, type TestServer, until } from './support/server.ts';

const ORIGIN = 'http://localhost';
const CHALLENGE = Buffer.alloc(32, 7).toString('base64url');

let recorder: Recorder;
let server: TestServer;
let authenticator: SoftwareAuthenticator;
let credential: { id: string; publicKey: Uint8Array<ArrayBuffer>; counter: number };
/** What the service does with the next request. */
let serve: (request: IncomingMessage, response: ServerResponse) => unknown;

beforeEach(async () => {
  recorder = record();
  authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
  const { registrationInfo } = await recorder.webauthn.verifyRegistrationResponse({
    response: authenticator.register({ challenge: CHALLENGE, rp: { id: 'localhost' } }),
    expectedChallenge: CHALLENGE,
    expectedOrigin: ORIGIN,
    expectedRPID: 'localhost',
  });
  credential = { ...(registrationInfo as NonNullable<typeof registrationInfo>).credential };
  server = await listen((request, response) => serve(request, response));
});

afterEach(async () => {
  recorder.capture.close();
  await server.close();
  for (const { eventName, attributes } of recorder.records) {
    expect(validateEvent(eventName, attributes), `${eventName} follows the registry`).toEqual([]);
  }
});

const weak = { sub: 'user-1', sid: 'session-1', acr: 'basic', auth_time: 1000 };
const now = (): number => Math.floor(Date.now() / 1000);

/** Refuses with a challenge made in the same request, and hands over the challenge. */
async function demand(claims: Record<string, unknown> = weak, header = STEP_UP, path = '/pay'): Promise<string> {
  let challenge = '';
  serve = async (_request, response) => {
    ({ challenge } = await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost' }));
    response.writeHead(401, { 'www-authenticate': header }).end();
  };
  const before = recorder.records.length;
  await send(server.port, path, { headers: bearer(claims), body: '5000' });
  await until(() => recorder.records.length >= before + 2);
  return challenge;
}

/** Refuses without a challenge: the service asks for one elsewhere. */
async function bareDemand(claims: Record<string, unknown> = weak, path = '/pay'): Promise<void> {
  serve = (_request, response) => response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
  const before = recorder.records.length;
  await send(server.port, path, { headers: bearer(claims), body: '5000' });
  await until(() => recorder.records.length > before);
}

async function options(claims: Record<string, unknown> | null = weak): Promise<string> {
  let challenge = '';
  serve = async (_request, response) => {
    ({ challenge } = await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost' }));
    response.end('{}');
  };
  await send(server.port, '/options', { headers: claims === null ? {} : bearer(claims) });
  await sleep(10);
  return challenge;
}

interface Answering {
  claims?: Record<string, unknown> | null;
  wrongKey?: boolean;
  origin?: string;
  userVerified?: boolean;
  byFunction?: boolean;
  answered?: string;
}

async function answer(challenge: string, how: Answering = {}): Promise<void> {
  const { claims = weak, byFunction = false, answered = challenge, ...rest } = how;
  serve = async (_request, response) => {
    await recorder.webauthn
      .verifyAuthenticationResponse({
        response: authenticator.authenticate({ challenge: answered, rpId: 'localhost' }, rest),
        expectedChallenge: byFunction ? (given: string) => given === challenge : challenge,
        expectedOrigin: ORIGIN,
        expectedRPID: 'localhost',
        credential,
      })
      .then(
        ({ verified }) => response.end(String(verified)),
        () => response.writeHead(400).end(),
      );
  };
  await send(server.port, '/verify', { headers: claims === null ? {} : bearer(claims) });
}

async function retry(claims: Record<string, unknown>, status = 200, body = '5000', path = '/pay'): Promise<void> {
  serve = (_request, response) => response.writeHead(status).end();
  await send(server.port, path, { headers: bearer(claims), body });
  await sleep(10);
}

const ids = (): Set<unknown> => new Set(recorder.records.map(({ attributes }) => attributes['step_up.id']));

test('demand, challenge, answer and access of one step-up share one id', async () => {
  const challenge = await demand();
  await answer(challenge);
  await retry({ ...weak, acr: 'gold', auth_time: now() });
  expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged', 'step_up.completed', 'step_up.access']);
  expect(ids().size).toBe(1);
  expect(recorder.records.map(({ attributes }) => attributes['step_up.correlation'])).toEqual(Array(4).fill('derived'));
  expect(recorder.attribute(2, 'step_up.outcome')).toBe('passed');
  expect(recorder.attribute(2, 'step_up.duration_source')).toBe('local');
  expect(recorder.attribute(2, 'step_up.duration_ms')).toBeTypeOf('number');
  expect(recorder.attribute(2, 'step_up.webauthn.user_verified')).toBe(true);
  expect(recorder.attribute(3, 'step_up.access.result')).toBe('granted');
  expect(recorder.attribute(3, 'step_up.requirement_met')).toBe(true);
  expect(recorder.attribute(3, 'step_up.acr.achieved')).toBe('gold');
});

test('a process that never saw the challenge issued derives the same id, and claims no duration', async () => {
  const challenge = await demand();
  const other = record();
  recorder.capture.close();
  const first = recorder;
  recorder = other;
  await answer(challenge);
  expect(recorder.names()).toEqual(['step_up.completed']);
  expect(recorder.attribute(0, 'step_up.id')).toBe(first.attribute(0, 'step_up.id'));
  expect(recorder.attribute(0, 'step_up.duration_source')).toBe('paired');
  expect(recorder.attribute(0, 'step_up.duration_ms')).toBeUndefined();
});

test('an answer to any of several challenges of one demand belongs to it', async () => {
  const challenges: string[] = [];
  serve = async (_request, response) => {
    for (const userVerification of ['required', 'preferred'] as const) {
      const { challenge } = await recorder.webauthn.generateAuthenticationOptions({
        rpID: 'localhost',
        userVerification,
      });
      challenges.push(challenge);
    }
    response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
  };
  await send(server.port, '/pay', { headers: bearer(weak), body: '5000' });
  await until(() => recorder.records.length === 2);
  await answer(challenges[0] ?? '');
  expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged', 'step_up.completed']);
  expect(ids().size).toBe(1);
});

describe('the reason of a demand is', () => {
  test.each([
    ['the level, where the token is too weak', STEP_UP, weak, 'acr_insufficient', 'acr_values and max_age'],
    [
      'the age, where the level was reached',
      STEP_UP,
      { ...weak, acr: 'gold' },
      'auth_too_old',
      'acr_values and max_age',
    ],
    [
      'the age, where only that is limited',
      'Bearer error="insufficient_user_authentication", max_age=0',
      weak,
      'auth_too_old',
      'max_age',
    ],
    [
      'the level, where only that is named',
      'Bearer error="insufficient_user_authentication", acr_values=gold',
      weak,
      'acr_insufficient',
      'acr_values',
    ],
    [
      'a policy, where nothing is named',
      'Bearer error="insufficient_user_authentication"',
      weak,
      'policy',
      'none_named',
    ],
  ])('%s', async (_title, header, claims, reason, detail) => {
    await demand(claims, header);
    expect(recorder.attribute(0, 'step_up.trigger.reason')).toBe(reason);
    expect(recorder.attribute(0, 'step_up.trigger.detail')).toBe(detail);
  });
});

describe('a refused answer ends the step-up and says why:', () => {
  test.each([
    ['another key', { wrongKey: true }, 'bad_signature'],
    ['another origin', { origin: 'https://evil.example' }, 'origin_mismatch'],
    ['a user who was not verified', { userVerified: false }, 'user_verification_missing'],
    ['another challenge', { answered: Buffer.alloc(32, 9).toString('base64url') }, 'challenge_mismatch'],
  ])('%s', async (_title, how, errorType) => {
    const challenge = await demand();
    await answer(challenge, how);
    expect(recorder.names().slice(2)).toEqual(['step_up.completed']);
    expect(ids().size).toBe(1);
    expect(recorder.attribute(2, 'step_up.outcome')).toBe('failed');
    expect(recorder.attribute(2, 'error.type')).toBe(errorType);
    expect(recorder.records[2]?.severityText).toBe('WARN');
    // An unverified answer is whatever the client made up.
    expect(recorder.attribute(2, 'step_up.webauthn.user_verified')).toBeUndefined();
  });

  test('a counter that fell', async () => {
    credential.counter = 1000;
    await answer(await demand());
    expect(recorder.attribute(2, 'error.type')).toBe('counter_regression');
  });

  test('a credential that nobody registered', async () => {
    const challenge = await demand();
    credential = undefined as unknown as typeof credential;
    await answer(challenge);
    expect(recorder.attribute(2, 'step_up.outcome')).toBe('failed');
    expect(recorder.attribute(2, 'error.type')).toBe('unknown_credential');
  });

  test('a fault that no client can bring about is an error, not a failed answer', async () => {
    const challenge = await demand();
    credential.publicKey = new Uint8Array(Buffer.from('a10126', 'hex'));
    await answer(challenge);
    expect(recorder.attribute(2, 'step_up.outcome')).toBe('error');
    expect(recorder.attribute(2, 'error.type')).toBe('internal');
  });
});

test('no step-up completes twice: an answer to one that ended is an attempt', async () => {
  const challenge = await demand();
  await answer(challenge, { wrongKey: true });
  await answer(challenge);
  expect(recorder.names().slice(2)).toEqual(['step_up.completed', 'step_up.attempted']);
  expect(recorder.attribute(3, 'step_up.attempt.number')).toBe(2);
  expect(recorder.attribute(3, 'audit.outcome')).toBe('success');
  expect(ids().size).toBe(1);
});

test("somebody else's answer with a stolen challenge does not end its owner's step-up", async () => {
  const challenge = await demand();
  await answer(challenge, { claims: { sub: 'thief', sid: 'session-9' }, byFunction: true, wrongKey: true });
  await answer(challenge, { byFunction: true });
  expect(recorder.names().slice(2)).toEqual(['step_up.attempted', 'step_up.completed']);
  expect(recorder.attribute(2, 'step_up.id')).not.toBe(recorder.attribute(0, 'step_up.id'));
  expect(recorder.attribute(3, 'step_up.id')).toBe(recorder.attribute(0, 'step_up.id'));
  expect(recorder.attribute(3, 'step_up.outcome')).toBe('passed');
});

test('a demand that is repeated tells that the one before it was blocked', async () => {
  await demand();
  await demand();
  expect(recorder.names()).toEqual([
    'step_up.required',
    'step_up.challenged',
    'step_up.access',
    'step_up.required',
    'step_up.challenged',
  ]);
  expect(recorder.attribute(2, 'step_up.access.result')).toBe('blocked');
  expect(recorder.attribute(2, 'step_up.requirement_met')).toBe(false);
  expect(recorder.attribute(2, 'step_up.id')).toBe(recorder.attribute(0, 'step_up.id'));
  expect(ids().size).toBe(2);
});

describe('what follows a demand is told as', () => {
  test('granted without the proof, loudly, where the same request goes through with the old token', async () => {
    await demand();
    await retry(weak);
    await retry(weak);
    expect(recorder.names().slice(2), 'told once').toEqual(['step_up.access']);
    expect(recorder.attribute(2, 'step_up.requirement_met')).toBe(false);
    expect(recorder.records[2]?.severityText).toBe('ERROR');
    await retry({ ...weak, acr: 'gold', auth_time: now() });
    expect(recorder.attribute(3, 'step_up.requirement_met'), 'the proof may still come').toBe(true);
  });

  test('granted with the proof, where it was given and the service keeps the old token', async () => {
    await answer(await demand());
    await retry(weak);
    expect(recorder.names().at(-1)).toBe('step_up.access');
    expect(recorder.attribute(3, 'step_up.requirement_met'), 'no false alarm').toBe(true);
  });

  test('granted without the proof, where the answer was refused', async () => {
    await answer(await demand(), { wrongKey: true });
    await retry(weak);
    expect(recorder.attribute(3, 'step_up.requirement_met')).toBe(false);
  });

  test('nothing, where a smaller request to the same place needs no proof', async () => {
    await demand();
    await retry(weak, 200, '5');
    expect(recorder.names()).toHaveLength(2);
  });

  test('granted without the proof, where the proof is older than was demanded', async () => {
    await demand();
    await retry({ ...weak, acr: 'gold', auth_time: now() - 70 });
    expect(recorder.attribute(2, 'step_up.requirement_met')).toBe(false);
  });

  test('granted with the proof, where no age at all was allowed and the proof came after the demand', async () => {
    await demand(weak, STEP_UP.replace('60', '0'));
    await retry({ ...weak, acr: 'gold', auth_time: now() - 2 });
    expect(recorder.attribute(2, 'step_up.requirement_met')).toBe(true);
  });

  test('blocked, where the service refuses for good', async () => {
    await demand();
    await retry({ ...weak, acr: 'gold', auth_time: now() }, 403);
    expect(recorder.attribute(2, 'step_up.access.result')).toBe('blocked');
    expect(recorder.attribute(2, 'step_up.requirement_met')).toBe(true);
  });

  test.each([
    ['another session', { ...weak, sid: 'session-2', acr: 'gold', auth_time: 4e9 }, '/pay'],
    ['another path', { ...weak, acr: 'gold', auth_time: 4e9 }, '/pay/7'],
  ])('nothing, where the request is of %s', async (_title, claims, path) => {
    await demand();
    await retry(claims, 200, '5000', path);
    expect(recorder.names()).toHaveLength(2);
  });

  test('nothing, where the request fails for another reason', async () => {
    await demand();
    await retry(weak, 500);
    await retry(weak, 400);
    expect(recorder.names()).toHaveLength(2);
  });
});

describe('where the demand carries no challenge, the session joins what follows:', () => {
  test('challenge and answer share the id of the demand, marked as inferred', async () => {
    await bareDemand();
    await answer(await options());
    expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged', 'step_up.completed']);
    expect(ids().size).toBe(1);
    expect(recorder.attribute(2, 'step_up.correlation')).toBe('inferred');
  });

  test('a challenge that was there before the demand belongs to it, and the demand says for what it is', async () => {
    await options();
    await bareDemand();
    expect(recorder.names()).toEqual(['step_up.challenged', 'step_up.required']);
    expect(ids().size).toBe(1);
    expect(recorder.attribute(1, 'step_up.action.name')).toBe('POST');
    expect(recorder.attribute(1, 'step_up.acr.requested')).toEqual(['gold']);
  });

  test('a demand for another action is another step-up', async () => {
    const app = { route: { path: '/pay' } };
    await bareDemand();
    serve = (request, response) => {
      Object.assign(request, app);
      response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
    };
    await send(server.port, '/pay', { headers: bearer(weak), body: '5000' });
    await until(() => recorder.names().filter((name) => name === 'step_up.required').length === 2);
    expect(ids().size).toBe(2);
  });

  test('a refused answer leaves room for another, and the one that passes ends it', async () => {
    await bareDemand();
    await answer(await options(), { wrongKey: true });
    await answer(await options());
    expect(recorder.names()).toEqual([
      'step_up.required',
      'step_up.challenged',
      'step_up.attempted',
      'step_up.challenged',
      'step_up.completed',
    ]);
    expect(ids().size).toBe(1);
  });

  test('the next demand of a session without auth_time gets another id', async () => {
    const claims = { sub: 'user-1', sid: 'session-1' };
    await bareDemand(claims);
    await answer(await options(claims), { claims });
    await bareDemand(claims, '/other');
    expect(recorder.attribute(3, 'step_up.id')).not.toBe(recorder.attribute(0, 'step_up.id'));
  });

  test('access is taken as allowed with the proof where only the answer shows it', async () => {
    serve = (_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }).end();
    const claims = { sub: 'user-1', sid: 'session-1' };
    await send(server.port, '/pay', { headers: bearer(claims), body: '5000' });
    await answer(await options(claims), { claims });
    await retry(claims);
    expect(recorder.attribute(3, 'step_up.requirement_met')).toBe(true);
  });

  test('and where nothing shows it, the record does not pretend to know', async () => {
    serve = (_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }).end();
    await send(server.port, '/pay', { headers: bearer(weak), body: '5000' });
    await retry(weak);
    expect(recorder.attribute(1, 'step_up.access.result')).toBe('granted');
    expect(recorder.attribute(1, 'step_up.requirement_met')).toBeUndefined();
    expect(recorder.records[1]?.severityText).toBe('INFO');
  });
});

describe('a session that gets a new id when its user has proved himself is still known', () => {
  const cookie = (id: string): Record<string, string> => ({ cookie: `connect.sid=${id}`, 'x-user': 'user-1' });

  async function request(path: string, id: string, handler: typeof serve): Promise<void> {
    serve = (incoming, response) => {
      Object.assign(incoming, { user: { id: incoming.headers['x-user'] } });
      return handler(incoming, response);
    };
    await send(server.port, path, { headers: cookie(id), body: '5000' });
    await sleep(10);
  }

  test.each([
    [
      'by setHeader',
      (response: ServerResponse) => response.setHeader('Set-Cookie', ['a=b', 'connect.sid=new; Path=/']).end(),
    ],
    ['by writeHead', (response: ServerResponse) => response.writeHead(200, { 'set-cookie': 'connect.sid=new' }).end()],
  ])('%s', async (_title, renew) => {
    let challenge = '';
    await request('/pay', 'old', async (_request, response) => {
      ({ challenge } = await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost' }));
      response.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }).end();
    });
    await request('/verify', 'old', async (_request, response) => {
      await recorder.webauthn.verifyAuthenticationResponse({
        response: authenticator.authenticate({ challenge, rpId: 'localhost' }),
        expectedChallenge: challenge,
        expectedOrigin: ORIGIN,
        expectedRPID: 'localhost',
        credential,
      });
      renew(response);
    });
    await request('/pay', 'new', (_request, response) => response.end());
    expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged', 'step_up.completed', 'step_up.access']);
    expect(ids().size).toBe(1);
    expect(recorder.attribute(3, 'step_up.requirement_met')).toBe(true);
    expect(recorder.attribute(3, 'session.previous_id')).toBe(recorder.attribute(0, 'session.id'));
    expect(recorder.attribute(3, 'session.id')).not.toBe(recorder.attribute(0, 'session.id'));
  });
});

test('a passkey sign-in of nobody known is no step-up; it is counted and reported', async () => {
  const challenge = await options(null);
  await answer(challenge, { claims: null });
  expect(recorder.names()).toEqual([]);
  expect(recorder.capture.counts.signIns).toBe(2);
  expect(recorder.problems).toEqual(['SIGN_IN_NOT_RECORDED']);
});

test('what could not be assigned is told again only when there is more of it', async () => {
  recorder.capture.close();
  let nowMs = 0;
  recorder = record({}, undefined, () => nowMs);
  await bareDemand({});
  nowMs += 3_600_000;
  await bareDemand();
  expect(recorder.problems).toEqual(['USER_UNKNOWN']);
  await bareDemand({});
  expect(recorder.problems).toEqual(['USER_UNKNOWN', 'USER_UNKNOWN']);
});

test('a time of authentication in milliseconds is no date, and is not recorded as one', async () => {
  await demand();
  await retry({ ...weak, acr: 'gold', auth_time: Date.now() });
  expect(recorder.names().at(-1)).toBe('step_up.access');
  expect(recorder.attribute(2, 'step_up.auth_time')).toBeUndefined();
});

test('a demand to nobody known is recorded, and the unknown user is reported', async () => {
  await bareDemand({});
  expect(recorder.attribute(0, 'user.hash')).toBeUndefined();
  expect(recorder.attribute(0, 'audit.actor.id')).toBe('unknown');
  expect(recorder.capture.counts).toMatchObject({ records: 1, unknownUser: 1 });
  expect(recorder.problems).toEqual(['USER_UNKNOWN']);
});

describe('nobody suppresses his own record with what he sends:', () => {
  test.each([
    ['lone surrogates', { sub: '\ud800', sid: '\udfff', acr: '\ud800' }],
    ['a level of 10,000 characters', { ...weak, acr: 'x'.repeat(10_000) }],
    ['control characters', { ...weak, acr: '\u0000\u001f\u007f', amr: ['\u0000'] }],
    ['thousands of methods', { ...weak, amr: Array(2000).fill('pwd') }],
    ['a time beyond all calendars', { ...weak, auth_time: Number.MAX_SAFE_INTEGER }],
    ['a time that is no number', { ...weak, auth_time: '1e999' }],
    ['keys of the language', { ...weak, constructor: 'x', toString: 'y', hasOwnProperty: 'z' }],
  ])('%s', async (_title, claims) => {
    await demand(claims);
    const proved = { ...claims, acr: claims.acr.length > 100 ? claims.acr : 'gold' };
    await retry(proved);
    const wellFormed = recorder.records.splice(0);
    expect(wellFormed.map(({ eventName }) => eventName)).toEqual([
      'step_up.required',
      'step_up.challenged',
      'step_up.access',
    ]);
    for (const { eventName, timestamp, body, attributes } of wellFormed) {
      const event = { eventName, timestampMs: timestamp, observedTimestampMs: timestamp, body, attributes };
      const chain = {
        recordId: '01a1fd97-1204-74cd-8c12-ebdc5b974622',
        streamId: '01a1fd97-1203-7d6a-9e2b-d1ddd778f93b',
        number: 1,
      };
      const { attributes: sealed } = parsePayload(Buffer.from(encodeEvent(event, chain)));
      expect(sealed.get('step_up.id')).toEqual({ type: 'string', value: attributes['step_up.id'] });
    }
  });
});

describe('what the library throws reaches its caller unchanged:', () => {
  test('its own errors', async () => {
    const verify = recorder.webauthn.verifyAuthenticationResponse({} as never);
    await expect(verify).rejects.toThrow(TypeError);
  });

  test.each([
    ['whose message is no text', Object.assign(new Error('x'), { message: { status: 400 } }), 'other'],
    ['that cannot even be looked at', Object.defineProperty(new Error('x'), 'message', { get: thrower }), undefined],
    ['that are no errors', 'just a text', 'other'],
  ])('errors of the service %s', async (_title, fault, errorType) => {
    const challenge = await demand();
    let caught: unknown;
    serve = async (_request, response) => {
      await recorder.webauthn
        .verifyAuthenticationResponse({
          response: authenticator.authenticate({ challenge, rpId: 'localhost' }),
          expectedChallenge: () => {
            throw fault;
          },
          expectedOrigin: ORIGIN,
          expectedRPID: 'localhost',
          credential,
        })
        .catch((error: unknown) => (caught = error));
      response.end();
    };
    await send(server.port, '/verify', { headers: bearer(weak) });
    expect(caught).toBe(fault);
    expect(recorder.attribute(2, 'error.type')).toBe(errorType);
    expect(recorder.problems).toEqual(errorType === undefined ? ['CAPTURE_FAILED'] : []);
  });
});

function thrower(): never {
  throw new Error('do not look');
}

test('ids and addresses are recorded in clear only where that is opted in', async () => {
  recorder.capture.close();
  recorder = record({ identity: { userIdInClear: true }, client: { fullAddress: true } });
  await demand();
  expect(recorder.attribute(0, 'user.id')).toBe('user-1');
  expect(recorder.attribute(0, 'audit.actor.id')).toBe('user-1');
  expect(recorder.attribute(0, 'client.address')).toBe('127.0.0.1');
  expect(recorder.attribute(0, 'audit.source.id')).toBe('127.0.0.1');
  expect(recorder.attribute(0, 'step_up.client.hash')).toBeUndefined();
});
