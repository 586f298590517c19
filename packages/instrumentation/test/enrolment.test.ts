// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { validateEvent } from '@stepseal/core/semconv';
import { SoftwareAuthenticator } from '@stepseal/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Recorder, record } from './support/recorder.ts';
import { bearer, listen, send, type TestServer } from './support/server.ts';

const ORIGIN = 'http://localhost';
const challenge = Buffer.alloc(32, 7).toString('base64url');
const user = bearer({ sub: 'user-1', sid: 'session-1' });

let recorder: Recorder;
let server: TestServer;
let enrol: () => Promise<unknown>;

beforeEach(async () => {
  recorder = record();
  enrol = () => register();
  server = await listen(async (_request, response) => {
    const done = await enrol().then(String, () => 'refused');
    response.end(done);
  });
});

afterEach(async () => {
  recorder.capture.close();
  await server.close();
});

function register(options: Record<string, unknown> = {}): Promise<unknown> {
  const authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
  return recorder.webauthn.verifyRegistrationResponse({
    response: authenticator.register({ challenge, rp: { id: 'localhost' } }),
    expectedChallenge: challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: 'localhost',
    ...options,
  });
}

test('a passkey that a known user adds is an enrolment, with what the library says of it', async () => {
  await send(server.port, '/passkeys', { headers: user });
  expect(recorder.names()).toEqual(['step_up.enrolled']);
  const [enrolled] = recorder.records;
  expect(enrolled?.body).toBe('A WebAuthn factor was added.');
  expect(enrolled?.attributes).toMatchObject({
    'audit.action': 'FACTOR_ENROL',
    'audit.outcome': 'success',
    'http.request.method': 'POST',
    'step_up.enrolment.change': 'added',
    'step_up.method': 'webauthn',
    'step_up.phishing_resistant': true,
    'step_up.source.library': '@simplewebauthn/server',
    'step_up.webauthn.backed_up': false,
    'step_up.webauthn.device_type': 'single_device',
    'step_up.webauthn.user_verified': true,
  });
  expect(enrolled?.attributes['user.hash']).toMatch(/^[\w-]{22}$/);
  expect(enrolled?.attributes['session.id']).toMatch(/^[\w-]{22}$/);
  expect(enrolled?.attributes['step_up.id']).toBeUndefined();
  expect(validateEvent('step_up.enrolled', enrolled?.attributes ?? {})).toEqual([]);
});

test.each([
  ['another challenge', { expectedChallenge: 'AAAA' }, 'challenge_mismatch', 'it answers another challenge'],
  ['another origin', { expectedOrigin: 'https://a.example' }, 'origin_mismatch', 'it comes from another origin'],
  ['another relying party', { expectedRPID: 'elsewhere' }, 'rp_id_mismatch', 'it is for another relying party'],
  ['no response at all', { response: undefined }, 'malformed', 'it is malformed'],
  [
    'a key of a kind that was not asked for',
    { supportedAlgorithmIDs: [-8] },
    'attestation_invalid',
    'it does not hold',
  ],
])('a registration with %s is told as refused, without a word of the library', async (_title, options, type, why) => {
  enrol = () => register(options);
  await send(server.port, '/passkeys', { headers: user });
  const [enrolled] = recorder.records;
  expect(enrolled?.body).toBe(`A WebAuthn factor was not added: the answer was refused, ${why}.`);
  expect(enrolled?.attributes).toMatchObject({ 'audit.outcome': 'failure', 'error.type': type });
  expect(enrolled?.attributes['step_up.webauthn.user_verified']).toBeUndefined();
});

test('somebody unknown who registers a passkey signs up: that is counted and not recorded', async () => {
  await send(server.port, '/passkeys');
  expect(recorder.names()).toEqual([]);
  expect(recorder.capture.counts.signIns).toBe(1);
  expect(recorder.problems).toEqual(['SIGN_IN_NOT_RECORDED']);
});

test('a script that sets up accounts outside of any request leaves no record and no complaint', async () => {
  await register();
  expect(recorder.names()).toEqual([]);
  expect(recorder.problems).toEqual([]);
});

test('a registration that is begun and dropped adds nothing', async () => {
  enrol = () =>
    recorder.webauthn.generateRegistrationOptions({ rpName: 'bank', rpID: 'localhost', userName: 'somebody' });
  await send(server.port, '/passkeys', { headers: user });
  expect(recorder.names()).toEqual([]);
});
