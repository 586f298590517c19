// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { CeremonyIds } from '../src/ceremony/ceremony-id.ts';
import { stepUp } from '../src/helper.ts';
import { trustedProxies } from '../src/identity/client-address.ts';
import { Pseudonyms } from '../src/identity/pseudonyms.ts';
import { readBoolean, readCountry, readLocality, readTime } from '../src/identity/read-value.ts';
import type { Subject } from '../src/identity/subject.ts';
import { type SubjectPaths, SubjectReader } from '../src/identity/subject-reader.ts';
import { userAgentName } from '../src/identity/user-agent.ts';
import { record } from './support/recorder.ts';
import { bearer, listen, STEP_UP, send } from './support/server.ts';

const PROXY = '10.0.0.7';

function read(paths: Partial<SubjectPaths>, parts: Record<string, unknown>, peer: string = PROXY): Subject {
  const reader = new SubjectReader({
    paths: { user: [], session: [], ...paths },
    proxies: trustedProxies(['10.0.0.0/8']),
    pseudonyms: new Pseudonyms(Buffer.alloc(32, 1)),
    ids: new CeremonyIds(Buffer.alloc(32, 2)),
  });
  return reader.read({ headers: {}, ...parts } as unknown as IncomingMessage, peer);
}

describe('a header counts only where a trusted proxy sent the request, since anybody can write one:', () => {
  const headers = {
    'cf-ipcountry': 'DE',
    'cf-ipcity': 'Hamburg',
    'x-device': 'device-1',
    'x-known': 'true',
    'x-user-id': 'user-1',
    'x-session': 'session-1',
    'x-since': '2026-11-21T08:55:41Z',
  };
  const paths = {
    country: ['header.CF-IPCountry'],
    locality: ['header.cf-ipcity'],
    device: ['header.x-device'],
    deviceKnown: ['header.x-known'],
    user: ['header.x-user-id'],
    session: ['header.x-session'],
    sessionStartedAt: ['header.x-since'],
  };
  const seen = ({ country, locality, deviceHash, deviceKnown, userId, sessionHash, sessionStartedAt }: Subject) => ({
    country,
    locality,
    deviceHash,
    deviceKnown,
    userId,
    sessionHash,
    sessionStartedAt,
  });

  test('from the proxy', () => {
    expect(seen(read(paths, { headers }))).toEqual({
      country: 'DE',
      locality: 'Hamburg',
      deviceHash: new Pseudonyms(Buffer.alloc(32, 1)).hash('device', 'device-1'),
      deviceKnown: true,
      userId: 'user-1',
      sessionHash: new Pseudonyms(Buffer.alloc(32, 1)).hash('session', 'session-1'),
      sessionStartedAt: '2026-11-21T08:55:41Z',
    });
  });

  test.each([['203.0.113.9'], ['']])('and not from %j', (peer) => {
    expect(Object.values(seen(read(paths, { headers }, peer)))).toEqual(Array.from({ length: 7 }));
  });
});

test('what the service itself set counts whoever sent the request', () => {
  const paths = { country: ['req.geo.country'], deviceKnown: ['req.device.known'], device: ['cookie.device'] };
  const parts = { geo: { country: 'fr' }, device: { known: false }, headers: { cookie: 'device=d1' } };
  const subject = read(paths, parts, '203.0.113.9');
  expect(subject.country).toBe('FR');
  expect(subject.deviceKnown).toBe(false);
  expect(subject.deviceHash).toMatch(/^[\w-]{22}$/);
});

test.each(['cookie.country', 'token.country', 'country'])('%s cannot tell where a client is', (path) => {
  expect(() => read({ country: [path] }, {})).toThrow(TypeError);
  expect(() => read({ locality: [path] }, {})).toThrow(TypeError);
  expect(() => read({ deviceKnown: [path] }, {})).toThrow(TypeError);
});

test('without a word of configuration nothing is claimed of device, place and start', () => {
  const subject = read({}, { headers: { 'cf-ipcountry': 'DE', 'x-vercel-ip-city': 'Hamburg', cookie: 'device=d1' } });
  expect(subject.country ?? subject.locality ?? subject.deviceHash ?? subject.deviceKnown).toBeUndefined();
  expect(subject.sessionStartedAt).toBeUndefined();
});

test('a session that is renewed by the service does not change who proved it', () => {
  const request = { headers: {}, user: { id: 'user-1' }, session: { id: 'first' } };
  const subject = read({ user: ['req.user.id'], session: ['req.session.id'] }, request);
  const other = read({ user: ['req.user.id'], session: ['req.session.id'] }, { ...request, session: { id: 'second' } });
  Object.assign(request, { user: { id: 'user-2' }, session: { id: 'second' } });
  expect(subject.userId).toBe('user-1');
  expect(subject.sessionHash).toBe(new Pseudonyms(Buffer.alloc(32, 1)).hash('session', 'first'));
  expect(subject.joinId).not.toBe(other.joinId);
});

test.each([
  [new Date('2026-11-21T08:55:41.900Z'), '2026-11-21T08:55:41Z'],
  ['2026-11-21T08:55:41Z', '2026-11-21T08:55:41Z'],
  ['2026-11-21T09:55:41+01:00', '2026-11-21T08:55:41Z'],
  [1_795_251_341, '2026-11-21T08:55:41Z'],
  [1_795_251_341_900, '2026-11-21T08:55:41Z'],
  ['1795251341', '2026-11-21T08:55:41Z'],
  [new Date(Number.NaN), undefined],
  ['yesterday', undefined],
  ['2026-99-99T00:00:00Z', undefined],
  [-1, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [null, undefined],
  [{}, undefined],
])('the time %j is read as %s', (value, expected) => {
  expect(readTime(value)).toBe(expected);
});

test.each([
  ['DE', 'DE'],
  ['de', 'DE'],
  ['XX', undefined],
  ['T1', undefined],
  ['DEU', undefined],
  ['D1', undefined],
  ['', undefined],
  [['DE'], undefined],
])('the country %j is read as %s', (value, expected) => {
  expect(readCountry(value)).toBe(expected);
});

test.each([
  ['Hamburg', 'Hamburg'],
  ["L'Aquila", "L'Aquila"],
  ['S%C3%A3o%20Paulo', 'São Paulo'],
  [Buffer.from('Zürich', 'utf8').toString('latin1'), 'Zürich'],
  ['Zürich', 'Zürich'],
  ['東京', '東京'],
  ['%E0%A4%A', undefined],
  ['a\u001b[31m', undefined],
  ['<script>', undefined],
  ['x'.repeat(129), undefined],
  ['', undefined],
  [7, undefined],
])('the town %j is read as %s', (value, expected) => {
  expect(readLocality(value)).toBe(expected);
});

test('whether a device is known is true, false or unknown, never a guess', () => {
  expect([true, 1, 'true', '1'].map(readBoolean)).toEqual([true, true, true, true]);
  expect([false, 0, 'false', '0'].map(readBoolean)).toEqual([false, false, false, false]);
  expect(['yes', '', null, {}, 2].map(readBoolean)).toEqual(Array.from({ length: 5 }));
});

const MOZILLA = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const KHTML = `${MOZILLA} AppleWebKit/537.36 (KHTML, like Gecko)`;
test.each([
  [`${KHTML} Chrome/142.0.0.0 Safari/537.36`, 'Chrome'],
  [`${KHTML} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge'],
  [`${KHTML} Chrome/142.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera'],
  [`${KHTML} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 'Samsung Internet'],
  [`${KHTML} HeadlessChrome/142.0.0.0 Safari/537.36`, 'Headless Chrome'],
  [`${MOZILLA} Gecko/20100101 Firefox/145.0`, 'Firefox'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1',
    'Chrome',
  ],
  ['node', 'Node.js'],
  ['curl/8.10.1', 'curl'],
  ['okhttp/5.1.0', 'okhttp'],
  ['python-requests/2.32.3', 'Python'],
  ['Bank/7 CFNetwork/1568 Darwin/24.0.0', 'CFNetwork'],
  ['someone@example.org', undefined],
  ['', undefined],
  [undefined, undefined],
])('the client that says %j is of the family %s', (header, expected) => {
  expect(userAgentName(header)).toBe(expected);
});

describe.each([
  ['a trusted proxy', ['127.0.0.1']],
  ['nobody who is trusted', []],
])('requests from %s:', (_title, trustedProxies) => {
  const header = (name: string): string[] => [`header.x-${name}`];
  const given = {
    ...bearer({ sub: 'user-1', sid: 'session-1' }),
    'user-agent': 'Mozilla/5.0 Firefox/145.0',
    'x-forwarded-for': '203.0.113.77',
    'x-country': 'DE',
    'x-city': 'Hamburg',
    'x-device': 'device-1',
    'x-known': '1',
    'x-since': '1795251341',
  };
  const FROM_PROXY: Record<string, unknown> = {
    'audit.source.id': '203.0.113.0/24',
    'geo.country.iso_code': 'DE',
    'geo.locality.name': 'Hamburg',
    'step_up.client.prefix': '203.0.113.0/24',
    'step_up.device.hash': new Pseudonyms(Buffer.alloc(32, 1)).hash('device', 'device-1'),
    'step_up.device.known': true,
    'step_up.session.started_at': '2026-11-21T08:55:41Z',
  };

  test('every event says where it came from, as far as anybody who is believed says so', async () => {
    const recorder = record({
      identity: { device: header('device'), deviceKnown: header('known'), sessionStartedAt: header('since') },
      client: { trustedProxies, country: header('country'), locality: header('city') },
    });
    const { generateAuthenticationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } =
      recorder.webauthn;
    const broken = {} as never;
    const work: Record<string, () => Promise<unknown>> = {
      '/evaluate': async () => stepUp.evaluated({ decision: 'exempt', exemption: 'trusted_device' }),
      '/pay': () => generateAuthenticationOptions({ rpID: 'localhost' }),
      '/verify': () => verifyAuthenticationResponse({ response: broken, credential: broken } as never),
      '/done': async () => stepUp.completed({ method: 'webauthn', outcome: 'locked_out' }),
      '/enrol': () => verifyRegistrationResponse({ response: broken } as never),
      '/access': async () => stepUp.access({ result: 'blocked', action: 'payments.transfer' }),
    };
    const server = await listen(async (request, response) => {
      await work[request.url ?? '']?.().catch(() => {});
      if (request.url === '/pay') response.writeHead(401, { 'www-authenticate': STEP_UP });
      response.end();
    });
    for (const path of Object.keys(work)) await send(server.port, path, { headers: given });
    recorder.capture.close();
    await server.close();
    expect([...new Set(recorder.names())].sort()).toEqual([
      'step_up.access',
      'step_up.attempted',
      'step_up.challenged',
      'step_up.completed',
      'step_up.enrolled',
      'step_up.evaluated',
      'step_up.required',
    ]);
    const trusted = trustedProxies.length > 0;
    for (const { eventName, attributes } of recorder.records) {
      expect(attributes['user_agent.name'], eventName).toBe('Firefox');
      expect(attributes['session.id'], eventName).toMatch(/^[\w-]{22}$/);
      expect(attributes['step_up.client.hash'], eventName).toMatch(/^[\w-]{22}$/);
      if (trusted) expect(attributes, eventName).toMatchObject(FROM_PROXY);
      else {
        const own = { 'audit.source.id': '127.0.0.0/24', 'step_up.client.prefix': '127.0.0.0/24' };
        const seen = Object.fromEntries(Object.keys(FROM_PROXY).map((name) => [name, attributes[name]]));
        expect(seen, eventName).toEqual({ ...own, ...Object.fromEntries(UNKNOWN.map((name) => [name, undefined])) });
      }
    }
  });

  const UNKNOWN = Object.keys(FROM_PROXY).filter((name) => !/source|client/.test(name));
});
