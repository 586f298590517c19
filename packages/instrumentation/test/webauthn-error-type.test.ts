// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { SoftwareAuthenticator } from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { webAuthnErrorType } from '../src/libraries/webauthn-error-type.ts';

const challenge = Buffer.alloc(32, 3).toString('base64url');
const answer = new SoftwareAuthenticator({ origin: 'http://localhost' }).authenticate({ challenge });
const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const data = Buffer.from(answer.response.authenticatorData, 'base64url');

function changed(change: (bytes: Buffer) => Buffer): string {
  return change(Buffer.from(data)).toString('base64url');
}

function withFlags(flags: number): string {
  return changed((bytes) => {
    bytes[32] = flags;
    return bytes;
  });
}

async function thrown(response: unknown, options: Record<string, unknown> = {}): Promise<unknown> {
  try {
    await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: 'http://localhost',
      expectedRPID: 'localhost',
      // A key that says it is ES256 and no more: what is refused before the signature does not need it.
      credential: { id: answer.id, publicKey: new Uint8Array([0xa1, 0x03, 0x26]), counter: 0 },
      ...options,
    } as never);
  } catch (error) {
    return error;
  }
  throw new Error('the library accepted it');
}

const response = (parts: Record<string, unknown>): unknown => ({
  ...answer,
  response: { ...answer.response, ...parts },
});
const clientData = (parts: Record<string, unknown>): unknown =>
  response({
    clientDataJSON: text({ type: 'webauthn.get', challenge, origin: 'http://localhost', crossOrigin: false, ...parts }),
  });

describe('an answer that a client can send is never recorded as a fault of the service:', () => {
  const cases: [title: string, response: unknown, expected: string, options?: Record<string, unknown>][] = [
    ['nothing at all', undefined, 'malformed'],
    ['null', null, 'malformed'],
    ['an empty object', {}, 'malformed'],
    ['no inner response', { ...answer, response: undefined }, 'malformed'],
    ['another credential type', { ...answer, type: 'password' }, 'malformed'],
    ['an id that is not encoded', { ...answer, rawId: 'x' }, 'malformed'],
    ['client data that are no JSON', response({ clientDataJSON: 'AAAA' }), 'malformed'],
    ['client data that are no object', response({ clientDataJSON: text(null) }), 'malformed'],
    ['the type of a registration', clientData({ type: 'webauthn.create' }), 'malformed'],
    ['another challenge', clientData({ challenge: 'AAAA' }), 'challenge_mismatch'],
    ['a challenge that the service does not know', answer, 'challenge_mismatch', { expectedChallenge: () => false }],
    ['another origin', clientData({ origin: 'https://evil.example' }), 'origin_mismatch'],
    ['another origin of several', answer, 'origin_mismatch', { expectedOrigin: ['https://a.example'] }],
    ['another relying party', answer, 'rp_id_mismatch', { expectedRPID: 'elsewhere' }],
    ['nobody present', response({ authenticatorData: withFlags(0) }), 'user_presence_missing'],
    ['nobody verified', response({ authenticatorData: withFlags(1) }), 'user_verification_missing'],
    [
      'a counter that fell',
      answer,
      'counter_regression',
      { credential: { id: answer.id, publicKey: new Uint8Array(0), counter: 9 } },
    ],
    [
      'authenticator data that are too short',
      response({ authenticatorData: changed((bytes) => bytes.subarray(0, 5)) }),
      'malformed',
    ],
    [
      'authenticator data with bytes left over',
      response({ authenticatorData: changed((bytes) => Buffer.concat([bytes, bytes])) }),
      'malformed',
    ],
    ['flags that contradict each other', response({ authenticatorData: withFlags(0x15) }), 'malformed'],
    ['a signature that is no text', response({ signature: 5 }), 'malformed'],
    ['a token binding that is none', clientData({ tokenBinding: 'x' }), 'malformed'],
    ['no credential on the side of the service', answer, 'unknown_credential', { credential: undefined }],
  ];
  test.each(cases)('%s', async (_title, given, expected, options = {}) => {
    const credential = 'credential' in options ? options['credential'] : {};
    expect(webAuthnErrorType(await thrown(given, options), credential)).toBe(expected);
  });

  test('something that the library never said before', () => {
    expect(webAuthnErrorType(new Error('a new reason'), {})).toBe('other');
    expect(webAuthnErrorType('thrown text', {})).toBe('other');
  });
});

test('a fault of the store that keeps the challenges is one of the service', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(webAuthnErrorType(error, {})).toBe('internal');
});
