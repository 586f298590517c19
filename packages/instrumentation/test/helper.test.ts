// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { validateEvent } from '@stepseal/core/semconv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stepUp } from '../src/helper.ts';
import { Pseudonyms } from '../src/identity/pseudonyms.ts';
import { type Recorder, record } from './support/recorder.ts';
import { bearer, listen, STEP_UP, send, type TestServer } from './support/server.ts';

const hashes = new Pseudonyms(Buffer.alloc(32, 1));
const headers = bearer({ sub: 'user-1', sid: 'session-1' });

let recorder: Recorder;
let server: TestServer;
/** What the service does in a request; returns the status and headers of its response. */
let handle: () => unknown;

beforeEach(async () => {
  recorder = record();
  server = await listen(async (_request, response) => {
    const answer = (await handle()) as { status?: number; headers?: Record<string, string> } | undefined;
    response.writeHead(answer?.status ?? 200, answer?.headers ?? {}).end();
  });
});

afterEach(async () => {
  recorder.capture.close();
  await server.close();
});

async function inRequest(service: () => unknown, path = '/transfers'): Promise<void> {
  handle = service;
  await send(server.port, path, { headers });
}

/** Everything that was told fits the registry, and says that the service told it. */
function expectSound(): void {
  for (const { eventName, attributes } of recorder.records) expect(validateEvent(eventName, attributes)).toEqual([]);
}

describe('in a request', () => {
  test('a policy that was asked is told with its rule, score and threshold, and with whom it was asked about', async () => {
    let id: string | undefined;
    await inRequest(() => {
      id = stepUp.evaluated({
        decision: 'not_required',
        action: 'payments.transfer',
        rule: { name: 'large transfer', version: '7' },
        score: 0.125,
        threshold: 0.7,
        riskReasons: ['known device'],
        sampleWeight: 10,
      });
    });
    expect(recorder.names()).toEqual(['step_up.evaluated']);
    expect(recorder.records[0]?.body).toBe('payments.transfer needs no stronger proof (risk 0.125 of 0.7).');
    expect(recorder.records[0]?.attributes).toMatchObject({
      'audit.action': 'STEP_UP_EVALUATE',
      'http.request.method': 'POST',
      'security_rule.name': 'large transfer',
      'security_rule.version': '7',
      'session.id': hashes.hash('session', 'session-1'),
      'step_up.action.name': 'payments.transfer',
      'step_up.correlation': 'inferred',
      'step_up.decision': 'not_required',
      'step_up.id': id,
      'step_up.risk.reasons': ['known device'],
      'step_up.risk.score_milli': 125,
      'step_up.risk.threshold_milli': 700,
      'step_up.sample_weight': 10,
      'step_up.source.library': '@stepseal/instrumentation',
      'user.hash': hashes.hash('user', 'user-1'),
    });
    expectSound();
  });

  test('a demand and its 401 are one step-up and one demand, which the retried request ends', async () => {
    const ids: (string | undefined)[] = [];
    await inRequest(() => {
      ids.push(stepUp.evaluated({ decision: 'required', reason: 'amount_threshold' }));
      ids.push(stepUp.required({ reason: 'amount_threshold', rule: { name: 'large transfer' }, maxAgeS: 60 }));
      return { status: 401, headers: { 'www-authenticate': STEP_UP } };
    });
    await inRequest(() => void ids.push(stepUp.challenged({ method: 'sms', maxAttempts: 3 })), '/code');
    await inRequest(() => void ids.push(stepUp.attempted({ method: 'sms', errorType: 'bad_code' })), '/code');
    await inRequest(() => void ids.push(stepUp.completed({ method: 'sms', outcome: 'passed', aal: 2 })), '/code');
    await inRequest(() => ({ status: 200 }));
    expect(recorder.names()).toEqual([
      'step_up.evaluated',
      'step_up.required',
      'step_up.challenged',
      'step_up.attempted',
      'step_up.completed',
      'step_up.access',
    ]);
    expect(new Set([...ids, ...recorder.records.map(({ attributes }) => attributes['step_up.id'])]).size).toBe(1);
    expect(recorder.attribute(1, 'security_rule.name')).toBe('large transfer');
    expect(recorder.attribute(1, 'step_up.max_age_s')).toBe(60);
    expect(recorder.records[3]?.body).toBe('The text message code was refused: it is not the expected one.');
    expect(recorder.attribute(4, 'step_up.attempt.number')).toBe(2);
    expect(recorder.attribute(4, 'step_up.duration_source')).toBe('local');
    expect(recorder.attribute(5, 'step_up.access.result')).toBe('granted');
    expect(recorder.attribute(5, 'step_up.requirement_met')).toBe(true);
    expectSound();
  });

  test('an evaluation by which nothing is demanded does not lend its id to a demand of the same request', async () => {
    await inRequest(() => {
      stepUp.evaluated({ decision: 'not_required', rule: { name: 'country' } });
      stepUp.required({ reason: 'amount_threshold' });
      return { status: 401, headers: { 'www-authenticate': STEP_UP } };
    });
    expect(recorder.names()).toEqual(['step_up.evaluated', 'step_up.required']);
    expect(recorder.attribute(0, 'step_up.id')).not.toBe(recorder.attribute(1, 'step_up.id'));
  });

  test('a challenge that the library makes belongs to the demand that the service told', async () => {
    await inRequest(async () => {
      stepUp.required({ reason: 'new_device' });
      await recorder.webauthn.generateAuthenticationOptions({ rpID: 'localhost' });
      return { status: 401, headers: { 'www-authenticate': STEP_UP } };
    });
    expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged']);
    expect(recorder.attribute(0, 'step_up.trigger.reason')).toBe('new_device');
    expect(recorder.attribute(0, 'step_up.id')).toBe(recorder.attribute(1, 'step_up.id'));
  });

  test('an end that was told before is not told again, whoever tells it', async () => {
    await inRequest(() => stepUp.required({ reason: 'policy' }) && undefined);
    await inRequest(() => {
      stepUp.completed({ method: 'push', outcome: 'passed' });
      stepUp.completed({ method: 'push', outcome: 'failed' });
    });
    expect(recorder.names()).toEqual(['step_up.required', 'step_up.completed']);
    expect(recorder.attribute(1, 'step_up.outcome')).toBe('passed');
  });

  test('an access that the service tells is not told by its response too', async () => {
    await inRequest(() => ({ status: 401, headers: { 'www-authenticate': STEP_UP } }));
    await inRequest(() => stepUp.access({ result: 'deferred' }) && undefined);
    expect(recorder.names()).toEqual(['step_up.required', 'step_up.access']);
    expect(recorder.attribute(1, 'step_up.access.result')).toBe('deferred');
    expect(recorder.attribute(1, 'step_up.id')).toBe(recorder.attribute(0, 'step_up.id'));
    expectSound();
  });

  test('an access after the end belongs to the step-up that ended', async () => {
    await inRequest(() => stepUp.required({ reason: 'policy' }) && undefined);
    await inRequest(() => stepUp.completed({ method: 'push', outcome: 'denied_fraud' }) && undefined);
    await inRequest(() => stepUp.access({ result: 'session_revoked' }) && undefined);
    expect(recorder.attribute(2, 'step_up.id')).toBe(recorder.attribute(0, 'step_up.id'));
    expect(recorder.records[1]?.body).toBe('The user said no to the step-up and called it fraud.');
    expect(recorder.records[1]?.severityText).toBe('WARN');
    expectSound();
  });

  test('the user that the service names goes before the one that the request shows', async () => {
    await inRequest(() => stepUp.required({ reason: 'policy', user: 42 }) && undefined);
    expect(recorder.attribute(0, 'user.hash')).toBe(hashes.hash('user', '42'));
    expect(recorder.attribute(0, 'session.id')).toBe(hashes.hash('session', 'session-1'));
  });

  test('an end that no answer brought about counts none', async () => {
    await inRequest(() => stepUp.challenged({ method: 'push' }) && undefined);
    await inRequest(() => stepUp.completed({ method: 'push', outcome: 'expired' }) && undefined);
    expect(recorder.attribute(1, 'step_up.outcome')).toBe('expired');
    expect(recorder.attribute(1, 'step_up.attempt.number')).toBeUndefined();
    expectSound();
  });

  test('a factor that is removed is an enrolment, and no step-up', async () => {
    await inRequest(() => stepUp.enrolled({ change: 'removed', method: 'totp' }) && undefined);
    await inRequest(() => stepUp.enrolled({ change: 'added', method: 'sms', errorType: 'bad_code' }) && undefined);
    expect(recorder.names()).toEqual(['step_up.enrolled', 'step_up.enrolled']);
    expect(recorder.records.map(({ body }) => body)).toEqual([
      'A TOTP factor was removed.',
      'A text message factor was not added: the answer was refused, it is not the expected one.',
    ]);
    expect(recorder.attribute(0, 'step_up.id')).toBeUndefined();
    expect(recorder.attribute(1, 'audit.outcome')).toBe('failure');
    expectSound();
  });

  test('a review is done by who asks for it, about somebody else', async () => {
    await inRequest(() => stepUp.review({ stepUpId: 'a'.repeat(22), label: 'fraud', user: 'user-2' }) && undefined);
    expect(recorder.records[0]?.attributes).toEqual({
      'audit.action': 'STEP_UP_REVIEW',
      'audit.actor.id': hashes.hash('user', 'user-1'),
      'audit.actor.type': 'user',
      'audit.outcome': 'success',
      'audit.source.id': '127.0.0.0/24',
      'audit.source.type': 'ipv4',
      'step_up.id': 'a'.repeat(22),
      'step_up.review.label': 'fraud',
      'step_up.source.layer': 'app',
      'step_up.source.library': '@stepseal/instrumentation',
      'step_up.source.library_version': expect.any(String) as string,
      'user.hash': hashes.hash('user', 'user-2'),
    });
    expect(recorder.records[0]?.body).toBe('A later review found that it was not the user.');
    expectSound();
  });
});

test('where the service tells of wrong codes, a 429 of that route ends the step-up as locked out', async () => {
  await inRequest(() => stepUp.challenged({ method: 'sms' }) && undefined, '/start');
  await inRequest(() => stepUp.attempted({ method: 'sms', errorType: 'bad_code' }) && undefined, '/code');
  await inRequest(() => ({ status: 429 }), '/code');
  expect(recorder.names()).toEqual(['step_up.challenged', 'step_up.attempted', 'step_up.completed']);
  expect(recorder.attribute(2, 'step_up.outcome')).toBe('locked_out');
  expect(recorder.attribute(2, 'step_up.id')).toBe(recorder.attribute(0, 'step_up.id'));
});

test('after a renewal every record names the session that went before', async () => {
  const cookie = (sid: string): Record<string, string> => ({ ...bearer({ sub: 'user-1' }), cookie: `sid=${sid}` });
  handle = () => {
    stepUp.completed({ method: 'push', outcome: 'passed' });
    return { headers: { 'set-cookie': 'sid=second; HttpOnly' } };
  };
  await send(server.port, '/push', { headers: cookie('first') });
  handle = () => void stepUp.evaluated({ decision: 'not_required' });
  await send(server.port, '/transfers', { headers: cookie('second') });
  expect(recorder.attribute(0, 'session.previous_id')).toBeUndefined();
  expect(recorder.attribute(1, 'session.id')).toBe(hashes.hash('session', 'second'));
  expect(recorder.attribute(1, 'session.previous_id')).toBe(hashes.hash('session', 'first'));
});

describe('outside a request', () => {
  test('a webhook that names the step-up and its user ends it, and only once', () => {
    const about = { user: 'user-1', session: 'session-1' };
    const stepUpId = stepUp.required({ ...about, reason: 'risk_score', action: 'payments.transfer', score: 0.9 });
    expect(stepUpId).toMatch(/^[\w-]{22}$/);
    stepUp.challenged({ ...about, stepUpId, method: 'push' });
    stepUp.completed({ ...about, stepUpId, method: 'push', outcome: 'denied', errorType: 'user_declined' });
    stepUp.completed({ ...about, stepUpId, method: 'push', outcome: 'passed' });
    expect(recorder.names()).toEqual(['step_up.required', 'step_up.challenged', 'step_up.completed']);
    for (const { attributes } of recorder.records) {
      expect(attributes['step_up.id']).toBe(stepUpId);
      expect(attributes['user.hash']).toBe(hashes.hash('user', 'user-1'));
      expect(attributes['session.id']).toBe(hashes.hash('session', 'session-1'));
    }
    expectSound();
  });

  test('an id that nobody told of before is taken as the service gives it', () => {
    expect(stepUp.completed({ stepUpId: 'order-7', method: 'idp', outcome: 'passed', durationMs: 1234.4 })).toBe(
      'order-7',
    );
    expect(recorder.records[0]?.attributes).toMatchObject({
      'audit.actor.id': 'unknown',
      'step_up.correlation': 'explicit',
      'step_up.duration_ms': 1234,
      'step_up.duration_source': 'derived',
      'step_up.id': 'order-7',
    });
    expectSound();
  });

  test('a request and a job that name the same session speak of the same step-up', async () => {
    await inRequest(() => stepUp.required({ reason: 'policy' }) && undefined);
    stepUp.completed({ user: 'user-1', session: 'session-1', method: 'voice', outcome: 'passed' });
    expect(recorder.attribute(1, 'step_up.id')).toBe(recorder.attribute(0, 'step_up.id'));
  });
});

test('a payment and what is acted on leave keyed hashes, equal for equal payments', () => {
  const payment = { amount: '125.00', currency: 'EUR', payee: 'DE02120300000000202051' };
  const told = [payment, { ...payment }, { ...payment, amount: '125.01' }].map((given) => {
    stepUp.required({ reason: 'amount_threshold', payment: given, resource: 'account-1', user: 'user-1' });
    return recorder.records.at(-1)?.attributes;
  });
  const digests = told.map((attributes) => attributes?.['step_up.action.link_digest']);
  expect(digests[0]).toMatch(/^[\w-]{22}$/);
  expect(digests[1]).toBe(digests[0]);
  expect(digests[2]).not.toBe(digests[0]);
  expect(told[0]?.['step_up.action.resource']).toBe(hashes.hash('resource', 'account-1'));
});

describe('what cannot be recorded as it is given is reported by code and never thrown:', () => {
  const cases: [title: string, call: () => unknown, records: number][] = [
    ['an enrolment of an unknown kind', () => stepUp.enrolled({ change: 'lost' as never, method: 'totp' }), 0],
    [
      'an enrolment with a flag that is none',
      () => stepUp.enrolled({ change: 'added', method: 'totp', phishingResistant: 'no' as never }),
      1,
    ],
    ['a reason of its own', () => stepUp.required({ reason: 'because' as never }), 0],
    ['no reason', () => stepUp.required({} as never), 0],
    ['an outcome of its own', () => stepUp.completed({ method: 'sms', outcome: 'ok' as never }), 0],
    ['no object', () => stepUp.access(undefined as never), 0],
    ['a text', () => stepUp.access('granted' as never), 0],
    ['a review of nothing', () => stepUp.review({ label: 'fraud' } as never), 0],
    ['an id with spaces', () => stepUp.review({ label: 'fraud', stepUpId: 'a b' }), 0],
    ['a user that is an object', () => stepUp.required({ reason: 'policy', user: {} as never }), 1],
    ['a rule name that is too long', () => stepUp.required({ reason: 'policy', rule: { name: 'x'.repeat(5000) } }), 1],
    ['a score below 0', () => stepUp.evaluated({ decision: 'not_required', score: -1 }), 1],
    ['a score that is none', () => stepUp.evaluated({ decision: 'not_required', score: Number.NaN }), 1],
    ['a time that is none', () => stepUp.completed({ method: 'idp', outcome: 'passed', authTime: 'noon' }), 1],
    [
      'half a payment',
      () => stepUp.required({ reason: 'policy', payment: { amount: 1, currency: 'EUR' } as never }),
      1,
    ],
    [
      'a method of its own among those offered',
      () => stepUp.required({ reason: 'policy', methods: ['x' as never] }),
      1,
    ],
    ['a lone surrogate', () => stepUp.required({ reason: 'policy', detail: '\ud800' }), 1],
  ];
  test.each(cases)('%s', (_title, call, records) => {
    expect(call).not.toThrow();
    const faults = (): string[] => recorder.problems.filter((code) => code !== 'USER_UNKNOWN');
    expect(faults()).toEqual(['HELPER_INPUT_INVALID']);
    expect(recorder.records).toHaveLength(records);
    expectSound();
    call();
    expect(faults(), 'once a minute').toHaveLength(1);
  });

  test('an argument that throws when it is read', () => {
    const hostile = {
      get reason(): never {
        throw new Error('not now');
      },
    };
    expect(stepUp.required(hostile)).toBeUndefined();
    expect(recorder.problems).toEqual(['CAPTURE_FAILED']);
  });
});

describe('where nothing is registered', () => {
  beforeEach(() => recorder.capture.close());

  test('no call does anything, and nothing is durable', async () => {
    expect(stepUp.required({ reason: 'policy' })).toBeUndefined();
    expect(stepUp.completed({ method: 'sms', outcome: 'passed' })).toBeUndefined();
    expect(await stepUp.commit()).toBe(false);
    expect(recorder.records).toEqual([]);
  });

  test.each([[null], [7], [{}], [{ version: 2 }], [{ version: 1 }]])(
    'and what stands there instead, %j, does no harm',
    async (stranger) => {
      const door = Symbol.for('stepseal.capture');
      Reflect.set(globalThis, door, stranger);
      try {
        expect(stepUp.required({ reason: 'policy' })).toBeUndefined();
        expect(await stepUp.commit()).toBe(false);
      } finally {
        Reflect.deleteProperty(globalThis, door);
      }
    },
  );
});

test('commit says what the sink says, and rejects where that rejects', async () => {
  recorder.capture.close();
  const answers = [Promise.resolve(true), Promise.resolve(false), Promise.reject(new Error('SYNC_FAILED'))];
  recorder = record({ commit: () => answers.shift() ?? Promise.resolve(false) });
  expect(await stepUp.commit()).toBe(true);
  expect(await stepUp.commit()).toBe(false);
  await expect(stepUp.commit()).rejects.toThrow('SYNC_FAILED');
});
