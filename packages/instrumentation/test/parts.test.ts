// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { ATTRIBUTES, EVENTS } from '@stepseal/core/semconv';
import { describe, expect, test } from 'vitest';
import { BoundedMap } from '../src/ceremony/bounded-map.ts';
import { CeremonyIds } from '../src/ceremony/ceremony-id.ts';
import { Problems } from '../src/problems.ts';
import { AllowListRedaction } from '../src/redact.ts';
import { redactionHash } from '../src/redaction-hash.ts';
import { recordContext } from '../src/trace-context.ts';

describe('redaction', () => {
  const draft = (attributes: Record<string, unknown>) => ({
    eventName: 'step_up.required',
    body: 'A sentence.',
    attributes,
    raw: { libraryArguments: ['secret'] },
  });

  test('lets through what the registry allows on the event, and counts what it does not', () => {
    const redaction = new AllowListRedaction();
    const [record] = redaction.project(
      draft({
        'step_up.id': 'a',
        'step_up.acr.requested': ['gold'],
        'step_up.max_age_s': 5,
        'http.request.header.authorization': 'Bearer secret',
        'step_up.outcome': 'passed',
        'audit.record.id': 'made up',
        'url.full': undefined,
      }),
    );
    expect(record).toEqual({
      eventName: 'step_up.required',
      body: 'A sentence.',
      attributes: { 'step_up.id': 'a', 'step_up.acr.requested': ['gold'], 'step_up.max_age_s': 5 },
    });
    expect(redaction.dropped).toBe(3);
  });

  test('drops a value of another type, which could hold anything', () => {
    const redaction = new AllowListRedaction();
    const [record] = redaction.project(
      draft({
        'step_up.id': { token: 'secret' },
        'step_up.acr.requested': [{ a: 1 }],
        'http.route': 7,
        'step_up.max_age_s': '5',
      }),
    );
    expect(record?.attributes).toEqual({});
    expect(redaction.dropped).toBe(4);
  });

  test('lets nothing through on an event that the registry does not know', () => {
    const [record] = new AllowListRedaction().project({
      ...draft({ 'step_up.id': 'a' }),
      eventName: 'step_up.invented',
    });
    expect(record?.attributes).toEqual({});
  });

  test('allows every attribute of every event but those that the sealer sets', () => {
    const redaction = new AllowListRedaction();
    const sample = { string: 'x', int: 1, boolean: true, 'string[]': ['x'] };
    const definitions = new Map<string, { type: keyof typeof sample; chain?: true }>(Object.entries(ATTRIBUTES));
    for (const [eventName, { attributes }] of Object.entries(EVENTS)) {
      const names = Object.keys(attributes).filter((name) => definitions.get(name)?.chain !== true);
      const given = Object.fromEntries(names.map((name) => [name, sample[definitions.get(name)?.type ?? 'string']]));
      expect(redaction.project({ ...draft(given), eventName })[0]?.attributes).toEqual(given);
    }
  });
});

test('the hash of the redaction policy changes with everything that widens it, and with where that is taken from', () => {
  const hashes = [
    redactionHash({}),
    redactionHash({ identity: { userIdInClear: true } }),
    redactionHash({ client: { fullAddress: true } }),
    redactionHash({ identity: { user: ['req.user.email'] } }),
    redactionHash({ identity: { sessionStartedAt: ['req.session.since'] } }),
    redactionHash({ identity: { device: ['cookie.device'] } }),
    redactionHash({ identity: { deviceKnown: ['req.device.known'] } }),
    redactionHash({ client: { country: ['header.x-place'] } }),
    redactionHash({ client: { locality: ['header.x-place'] } }),
    redactionHash({ client: { locality: ['header.x-street'] } }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});

describe('what clients send cannot fill the memory:', () => {
  test('a full map forgets its oldest entry, and an old entry is not found', () => {
    let now = 0;
    const map = new BoundedMap<number>({ maxEntries: 2, maxAgeMs: 100 }, () => now);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    now = 50;
    map.set('c', 4);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4]);
    now = 101;
    expect(map.get('a')).toBeUndefined();
    expect(map.size).toBe(1);
    now = 151;
    expect(map.size, 'also when nobody asks for it').toBe(0);
    map.set('d', 5);
    map.delete('d');
    expect(map.size).toBe(0);
  });
});

test('an id depends on the key, the kind and the material, and on nothing else', () => {
  const ids = new CeremonyIds(Buffer.alloc(32, 1));
  const other = new CeremonyIds(Buffer.alloc(32, 2));
  const made = [
    ids.derive('webauthn', 'a'),
    ids.derive('session', 'a'),
    ids.derive('webauthn', 'b'),
    other.derive('webauthn', 'a'),
  ];
  expect(new Set(made).size).toBe(4);
  // HMAC-SHA-256 of `webauthn`, a zero byte and `a`, worked out with openssl.
  expect(made[0]).toBe('OaGdFTAj5OLTQ4sbTyjLli');
});

describe('problems', () => {
  test('of one code are told once a minute', () => {
    let now = 0;
    const told: string[] = [];
    const problems = new Problems(
      (code) => told.push(code),
      () => now,
    );
    problems.tell('CAPTURE_FAILED', '');
    problems.tell('CAPTURE_FAILED', '');
    problems.tell('USER_UNKNOWN', '');
    now = 60_000;
    problems.tell('CAPTURE_FAILED', '');
    expect(told).toEqual(['CAPTURE_FAILED', 'USER_UNKNOWN', 'CAPTURE_FAILED']);
  });

  test('never carry the message of what was thrown, and never reach the application', () => {
    const told: string[] = [];
    const problems = new Problems(
      (_code, message) => {
        told.push(message);
        throw new Error('the reporter itself fails');
      },
      () => 0,
    );
    problems.guard(() => {
      throw new RangeError('secret');
    });
    expect(told).toEqual(['A hook failed with RangeError; the request went on, its record may be missing.']);
  });
});

describe('a record belongs to the trace', () => {
  const earlier = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    traceFlags: 1,
  });
  const announcing = (traceparent: string) => ({ headers: { traceparent } }) as unknown as IncomingMessage;
  const header = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;

  test('of the library call, rather than the one that the client announces', () => {
    expect(recordContext(earlier, announcing(header))).toBe(earlier);
  });

  test('that the client announces, where there is no other', () => {
    const found = trace.getSpanContext(recordContext(undefined, announcing(header)));
    expect(found).toEqual({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0, isRemote: true });
  });

  test.each([
    '',
    'nonsense',
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-00`,
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-00`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-00`,
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-00`,
  ])('of nobody, where it announces %j', (text) => {
    expect(trace.getSpanContext(recordContext(undefined, announcing(text)))).toBeUndefined();
  });
});
