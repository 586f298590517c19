// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { CeremonyIds } from '../src/ceremony/ceremony-id.ts';
import { trustedProxies } from '../src/identity/client-address.ts';
import { Pseudonyms } from '../src/identity/pseudonyms.ts';
import { resolver, SESSION_PATHS, USER_PATHS } from '../src/identity/resolver.ts';
import { SubjectReader } from '../src/identity/subject-reader.ts';
import { tokenClaims } from '../src/identity/token-claims.ts';
import { bearer } from './support/server.ts';

function request(parts: Record<string, unknown>): IncomingMessage {
  return Object.defineProperties(
    { headers: {} },
    Object.getOwnPropertyDescriptors(parts),
  ) as unknown as IncomingMessage;
}

describe('the user is found', () => {
  const user = resolver(USER_PATHS);
  const cases: [title: string, parts: Record<string, unknown>, expected: string | undefined][] = [
    ['where the service set it', { user: { id: 'u1' } }, 'u1'],
    ['as a number', { user: { id: 42 } }, '42'],
    ['where express-oauth2-jwt-bearer set it', { auth: { payload: { sub: 'u2' } } }, 'u2'],
    ['in the session', { session: { userId: 'u3' } }, 'u3'],
    ['in the token', { headers: bearer({ sub: 'u4' }) }, 'u4'],
    [
      'where the service set it, rather than in what the client sent',
      { user: { id: 'u1' }, headers: bearer({ sub: 'u4' }) },
      'u1',
    ],
    ['nowhere', {}, undefined],
    ['not where an object stands in for an id', { user: { id: { $ne: null } } }, undefined],
    ['not as an empty text', { user: { id: '' } }, undefined],
    ['not as a number that is none, which all would share', { user: { id: Number.NaN } }, undefined],
    [
      'in the next place where a getter of the framework throws',
      {
        get session(): unknown {
          throw new Error('no session');
        },
        headers: bearer({ sub: 'u4' }),
      },
      'u4',
    ],
    ['not as a text of a megabyte', { user: { id: 'x'.repeat(1_000_000) } }, undefined],
  ];
  test.each(cases)('%s', (_title, parts, expected) => {
    const incoming = request(parts);
    expect(user({ request: incoming, claims: tokenClaims(incoming), proxied: false })).toBe(expected);
  });
});

describe('the session is found', () => {
  const session = resolver(SESSION_PATHS);
  test.each([
    ['in the token', bearer({ sid: 's1', jti: 'j1' }), 's1'],
    ['in a cookie whose name has a dot', { cookie: 'a=b; connect.sid=s%3A2.x' }, 's%3A2.x'],
    ['in the token id for want of a session', bearer({ jti: 'j1' }), 'j1'],
  ])('%s', (_title, headers, expected) => {
    const incoming = request({ headers });
    expect(session({ request: incoming, claims: tokenClaims(incoming), proxied: false })).toBe(expected);
  });
});

test('a path that leads nowhere is refused when it is configured, not at the first request', () => {
  for (const path of ['user.id', 'req', 'req.', '', 'query.user', 'header.'])
    expect(() => resolver([path]), path).toThrow(TypeError);
});

describe('a token that is no token gives no claims and no error:', () => {
  test.each([
    ['no payload', 'Bearer a'],
    ['opaque', 'Bearer 0123456789abcdef'],
    ['not JSON', `Bearer e30.${Buffer.from('{').toString('base64url')}.x`],
    ['an array', `Bearer e30.${Buffer.from('[1]').toString('base64url')}.x`],
    ['null', `Bearer e30.${Buffer.from('null').toString('base64url')}.x`],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['too long', `Bearer e30.${'A'.repeat(20_000)}.x`],
  ])('%s', (_title, authorization) => {
    expect(tokenClaims(request({ headers: { authorization } }))).toBeUndefined();
  });

  test('claims of the wrong type, and inherited ones, do not count', () => {
    const claims = tokenClaims(request({ headers: bearer({ sub: {}, acr: ['gold'], auth_time: '5', amr: 'pwd' }) }));
    expect(claims).toMatchObject({});
    expect(claims?.acr ?? claims?.sub ?? claims?.authTimeS ?? claims?.amr).toBeUndefined();
    expect(claims?.text('constructor')).toBeUndefined();
    expect(claims?.text('__proto__')).toBeUndefined();
  });
});

test('what ties requests together holds no id, and a session named like a user is not that user', () => {
  const reader = new SubjectReader({
    paths: { user: ['req.user.id'], session: ['cookie.sid'] },
    proxies: trustedProxies([]),
    pseudonyms: new Pseudonyms(Buffer.alloc(32, 1)),
    ids: new CeremonyIds(Buffer.alloc(32, 2)),
  });
  const ofUser = reader.read(request({ user: { id: 'somebody' } }), undefined);
  const ofSession = reader.read(request({ headers: { cookie: 'sid=somebody' } }), undefined);
  expect(ofUser.joinId).toMatch(/^[\w-]{22}$/);
  expect(ofSession.joinId).toMatch(/^[\w-]{22}$/);
  expect(ofSession.joinId).not.toBe(ofUser.joinId);
});

test('hashes differ by key and by what is hashed, so that a session never looks like a user', () => {
  const first = new Pseudonyms(Buffer.alloc(32, 1));
  const second = new Pseudonyms(Buffer.alloc(32, 2));
  const hashes = [
    first.hash('user', 'a'),
    first.hash('session', 'a'),
    second.hash('user', 'a'),
    first.hash('user', 'b'),
  ];
  expect(new Set(hashes).size).toBe(4);
  expect(first.hash('user', 'a')).toBe(hashes[0]);
  for (const hash of hashes) expect(hash).toMatch(/^[\w-]{22}$/);
});
