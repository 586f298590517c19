// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { validateEvent } from '@stepseal/core/semconv';
import { SoftwareAuthenticator } from '@stepseal/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnswerChecked } from '../src/ceremony/observation.ts';
import { Processes } from './support/processes.ts';
import type { Recorder } from './support/recorder.ts';
import { bearer, listen, STEP_UP, send, type TestServer } from './support/server.ts';

const RP = { expectedOrigin: 'http://localhost', expectedRPID: 'localhost' };
const REGISTERED = Buffer.alloc(32, 7).toString('base64url');

let processes: Processes;
let server: TestServer;
let authenticator: SoftwareAuthenticator;
let credential: { id: string; publicKey: Uint8Array<ArrayBuffer>; counter: number };
let serve: (request: IncomingMessage, response: ServerResponse) => unknown;

beforeEach(async () => {
  processes = new Processes();
  authenticator = new SoftwareAuthenticator({ origin: RP.expectedOrigin });
  const { registrationInfo } = await processes.start().webauthn.verifyRegistrationResponse({
    ...RP,
    response: authenticator.register({ challenge: REGISTERED, rp: { id: 'localhost' } }),
    expectedChallenge: REGISTERED,
  });
  processes.all.splice(0)[0]?.capture.close();
  credential = { ...(registrationInfo as NonNullable<typeof registrationInfo>).credential };
  server = await listen((request, response) => serve(request, response));
});

afterEach(async () => {
  for (const { capture, records } of processes.all) {
    capture.close();
    for (const { eventName, attributes } of records) expect(validateEvent(eventName, attributes)).toEqual([]);
  }
  await server.close();
  rmSync(processes.dataDir, { recursive: true, force: true });
});

const weak = { sub: 'user-1', sid: 'session-1', acr: 'basic', auth_time: 1000 };
const strong = (): object => ({ ...weak, acr: 'gold', auth_time: Math.floor(Date.now() / 1000) });

/** One request to the process that watches. Its records are there when this returns. */
async function request(path: string, handler: typeof serve, claims: object = weak, body = '5000'): Promise<void> {
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => (ended = resolve));
  serve = (incoming, response) => {
    // Registered after ours, so it is told last.
    response.once('close', () => setImmediate(ended));
    return handler(incoming, response);
  };
  await send(server.port, path, { headers: bearer({ ...claims }), body });
  await end;
}

async function demand(recorder: Recorder, claims: object = weak, options: { timeout?: number } = {}): Promise<string> {
  let challenge = '';
  await request(
    '/pay',
    async (_incoming, response) => {
      ({ challenge } = await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost', ...options }));
      response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
    },
    claims,
  );
  return challenge;
}

const bareDemand = (claims: object = weak, path = '/pay'): Promise<void> =>
  request(path, (_incoming, response) => response.writeHead(401, { 'www-authenticate': STEP_UP }).end(), claims);

const status = (code: number, path: string, claims: object = weak, body = '5000'): Promise<void> =>
  request(path, (_incoming, response) => response.writeHead(code).end(), claims, body);

async function answer(
  recorder: Recorder,
  challenge: string,
  how: { wrongKey?: boolean; answered?: string } = {},
): Promise<void> {
  const { answered = challenge, ...rest } = how;
  await request('/verify', async (_incoming, response) => {
    await recorder.webauthn
      .verifyAuthenticationResponse({
        ...RP,
        response: authenticator.authenticate({ challenge: answered, rpId: 'localhost' }, rest),
        expectedChallenge: challenge,
        credential,
      })
      .then(
        ({ verified }) => response.end(String(verified)),
        () => response.writeHead(400).end(),
      );
  });
}

/** A one-time code was checked. */
async function code(
  recorder: Recorder,
  errorType?: AnswerChecked['errorType'],
  answered = 403,
  claims: object = weak,
): Promise<void> {
  const call: AnswerChecked = {
    library: 'otplib',
    libraryVersion: '13.0.0',
    method: 'totp',
    arguments: [],
    challenge: undefined,
    outcome: errorType === undefined ? 'passed' : 'failed',
    errorType,
    userVerified: undefined,
    deviceType: undefined,
    backedUp: undefined,
    phishingResistant: false,
    result: undefined,
    error: undefined,
  };
  const checking = (_incoming: IncomingMessage, response: ServerResponse): void => {
    recorder.capture.answerChecked(call);
    response.writeHead(errorType === undefined ? 200 : answered).end();
  };
  await request('/code', checking, claims);
}

const all = (name: string): unknown[] =>
  processes.all.flatMap(({ records }) => records.map(({ attributes }) => attributes[name]));
const ids = (): Set<unknown> => new Set(all('step_up.id'));

describe('what one process demanded another knows:', () => {
  test('a challenge of the other is answered with its action, and the time since', async () => {
    const challenge = await demand(processes.start());
    const other = processes.start();
    await answer(other, challenge);
    expect(processes.told()).toEqual(['required', 'challenged', 'completed']);
    expect(ids().size).toBe(1);
    expect(other.attribute(0, 'step_up.duration_source')).toBe('derived');
    expect(other.attribute(0, 'step_up.duration_ms')).toBeTypeOf('number');
    expect(other.attribute(0, 'step_up.action.name')).toBe('POST');
    expect(other.attribute(0, 'step_up.acr.requested')).toEqual(['gold']);
  });

  test('a challenge made elsewhere for a demand without one belongs to it', async () => {
    processes.start();
    await bareDemand();
    const second = processes.start();
    let challenge = '';
    await request('/options', async (_incoming, response) => {
      ({ challenge } = await second.webauthn.generateAuthenticationOptions({ rpID: 'localhost' }));
      response.end();
    });
    await answer(processes.start(), challenge);
    expect(processes.told()).toEqual(['required', 'challenged', 'completed']);
    expect(ids().size).toBe(1);
  });

  test('the refused request that another process lets through is an access, with the proof or loudly without', async () => {
    const first = processes.start();
    await demand(first, weak);
    await demand(first, { ...weak, sid: 'session-2' });
    const second = processes.start();
    await second.capture.closeOverdue();
    await status(200, '/pay', strong());
    await status(200, '/pay', { ...weak, sid: 'session-2' });
    expect(second.names()).toEqual(['step_up.access', 'step_up.access']);
    expect(second.attribute(0, 'step_up.requirement_met')).toBe(true);
    expect(second.attribute(1, 'step_up.requirement_met')).toBe(false);
    expect(second.records[1]?.severityText).toBe('ERROR');
    expect(ids().size).toBe(2);
  });

  test('an answer checked elsewhere counts for a service that keeps the old token', async () => {
    const first = processes.start();
    const challenge = await demand(first);
    await answer(processes.start(), challenge);
    processes.watch(first);
    await status(200, '/pay');
    expect(first.attribute(2, 'step_up.requirement_met')).toBe(true);
  });

  test("somebody else's answer does not end its owner's step-up there either", async () => {
    const challenge = await demand(processes.start(), { ...weak, sub: 'owner' });
    await answer(processes.start(), challenge, { wrongKey: true });
    const [required, , attempted] = all('step_up.id');
    expect(processes.told()).toEqual(['required', 'challenged', 'attempted']);
    expect(attempted).not.toBe(required);
  });
});

describe('a one-time code', () => {
  test('that is wrong is an attempt, numbered over all processes, and the right one ends the step-up', async () => {
    const first = processes.start();
    await bareDemand();
    await code(first, 'bad_code');
    const second = processes.start();
    await code(second, 'bad_code');
    await code(second);
    expect(processes.told()).toEqual(['required', 'attempted', 'attempted', 'completed']);
    expect(all('step_up.attempt.number')).toEqual([undefined, 1, 2, 3]);
    expect(all('step_up.correlation')).toEqual(Array(4).fill('inferred'));
    expect(ids().size).toBe(1);
    expect(second.attribute(1, 'step_up.outcome')).toBe('passed');
    expect(second.attribute(1, 'step_up.duration_source')).toBe('derived');
  });

  test('answers a demand that offered a challenge too, and says that it was only inferred', async () => {
    await demand(processes.start());
    await code(processes.start());
    expect(processes.told()).toEqual(['required', 'challenged', 'completed']);
    expect(ids().size).toBe(1);
    expect(all('step_up.correlation')).toEqual(['derived', 'derived', 'inferred']);
    expect(all('step_up.method')).toEqual([undefined, 'webauthn', 'totp']);
  });

  test.each([
    ['of one process', () => processes.all[0] as Recorder],
    ['of two processes', () => processes.start()],
  ])('two step-ups of one session have two ids and two ends, %s', async (_title, answering) => {
    const first = processes.start();
    for (let round = 0; round < 2; round += 1) {
      processes.watch(first);
      await bareDemand({ sub: 'user-1', sid: 'session-1' });
      const recorder = answering();
      processes.watch(recorder);
      await code(recorder, undefined, 200, { sub: 'user-1', sid: 'session-1' });
    }
    const completed = processes.all.flatMap(({ records }) =>
      records.filter(({ eventName }) => eventName === 'step_up.completed'),
    );
    expect(completed).toHaveLength(2);
    expect(ids().size).toBe(2);
  });

  test('that was used before is an attempt at the step-up it ended, and begins none', async () => {
    const first = processes.start();
    await bareDemand();
    await code(first);
    await code(processes.start(), 'replayed');
    expect(processes.told()).toEqual(['required', 'completed', 'attempted']);
    expect(ids().size).toBe(1);
    expect(all('error.type').at(-1)).toBe('replayed');
  });
});

describe('an answer to a challenge that was answered', () => {
  test.each([
    ['in the same process', () => processes.all[0] as Recorder],
    ['in another process, or after a restart', () => processes.start()],
  ])('is an attempt and never a second end, %s', async (_title, next) => {
    const first = processes.start();
    const challenge = await demand(first);
    await answer(first, challenge);
    const second = next();
    await answer(second, challenge, { wrongKey: true });
    await answer(second, challenge);
    expect(processes.told()).toEqual(['required', 'challenged', 'completed', 'attempted', 'attempted']);
    expect(all('error.type').slice(3)).toEqual(['replayed', undefined]);
    expect(ids().size).toBe(1);
  });

  test('is known as one where it is given for a new challenge', async () => {
    const first = processes.start();
    const used = await demand(first);
    await answer(first, used);
    const second = processes.start();
    await answer(second, await demand(second), { answered: used });
    expect(second.names().at(-1)).toBe('step_up.completed');
    expect(second.attribute(3, 'step_up.outcome')).toBe('failed');
    expect(second.attribute(3, 'error.type')).toBe('replayed');
  });
});

describe('a service that will hear no more answers ends the step-up', () => {
  test.each([
    [429, 'locked_out', 'rate_limited'],
    [423, 'locked_out', 'locked_out'],
    [410, 'expired', 'expired'],
  ])('with %i as %s, once', async (refusal, outcome, errorType) => {
    const first = processes.start();
    await bareDemand();
    await code(first, 'bad_code');
    await status(refusal, '/code');
    await status(refusal, '/code');
    expect(first.names()).toEqual(['step_up.required', 'step_up.attempted', 'step_up.completed']);
    expect(first.attribute(2, 'step_up.outcome')).toBe(outcome);
    expect(first.attribute(2, 'error.type')).toBe(errorType);
    expect(first.attribute(2, 'step_up.attempt.number')).toBe(1);
    expect(first.attribute(2, 'step_up.duration_ms')).toBeTypeOf('number');
    expect(ids().size).toBe(1);
  });

  test('in the same request as the last wrong code', async () => {
    const first = processes.start();
    await bareDemand();
    await code(first, 'bad_code', 429);
    expect(first.names()).toEqual(['step_up.required', 'step_up.attempted', 'step_up.completed']);
  });

  test('in a process that has checked no answer yet', async () => {
    const first = processes.start();
    await bareDemand();
    await code(first, 'bad_code');
    const second = processes.start();
    await second.capture.closeOverdue();
    await status(429, '/code');
    expect(second.attribute(0, 'step_up.outcome')).toBe('locked_out');
  });

  test('and no other: not without a step-up, not of another session, not where no answers are checked', async () => {
    const first = processes.start();
    await code(first);
    await status(429, '/code');
    await bareDemand();
    await status(429, '/code', { ...weak, sub: 'user-2', sid: 'session-2' });
    await status(429, '/list');
    expect(first.names()).toEqual(['step_up.completed', 'step_up.required']);
  });
});

test('a challenge that was offered without a demand, and that nobody answers, ends too', async () => {
  const recorder = processes.start({ ceremony: { abandonAfterMs: 1 } });
  await request('/options', async (_incoming, response) => {
    await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost' });
    response.end();
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await recorder.capture.closeOverdue();
  expect(processes.told()).toEqual(['challenged', 'completed']);
  expect(recorder.attribute(1, 'step_up.outcome')).toBe('abandoned');
});
