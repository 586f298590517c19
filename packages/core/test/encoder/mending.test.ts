// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, it } from 'vitest';
import { FAST_ENCODERS } from '../../src/format/generated/encoders.ts';
import { type EventRecord, encodeEventDetailed, LIMITS, parsePayload } from '../../src/format/index.ts';
import { ATTRIBUTES, EVENTS } from '../../src/semconv/index.ts';
import { CHAIN } from './arbitraries.ts';

const BASE: EventRecord = {
  eventName: 'step_up.completed',
  timestampMs: 1_795_253_523_042,
  observedTimestampMs: 1_795_253_523_043,
  attributes: { 'audit.action': 'STEP_UP', 'step_up.id': 'Zk3q0sXvT9m4Lw8aRb1cYQ' },
};

function encode(changes: object, attributes: object = {}) {
  const record = { ...BASE, attributes: { ...BASE.attributes, ...attributes }, ...changes } as EventRecord;
  const encoded = encodeEventDetailed(record, CHAIN);
  const parsed = parsePayload(Buffer.from(encoded.payload));
  return { ...encoded, parsed, valueOf: (name: string) => parsed.attributes.get(name)?.value };
}

describe('one attribute that does not fit', () => {
  it.each<[string, string, unknown, unknown]>([
    ['a lone surrogate becomes U+FFFD', 'http.route', '/a\ud800b', '/a\ufffdb'],
    ['an emoji is not cut in two', 'step_up.id', `${'a'.repeat(62)}😀`, 'a'.repeat(62)],
    ['length is counted in UTF-8 bytes', 'step_up.id', 'ü'.repeat(64), 'ü'.repeat(32)],
    ['ten megabytes are cut', 'http.route', 'x'.repeat(10_000_000), 'x'.repeat(256)],
    ['a number is not a string', 'http.route', 7, undefined],
    ['an object is not a string', 'http.route', { toString: () => '/a' }, undefined],
    ['a symbol is not a string', 'http.route', Symbol('x'), undefined],
    ['a fraction is cut off', 'step_up.duration_ms', 8421.9, 8421n],
    ['a large number is held', 'step_up.duration_ms', 2 ** 60, BigInt(Number.MAX_SAFE_INTEGER)],
    ['NaN is dropped', 'step_up.duration_ms', Number.NaN, undefined],
    ['a digit string is not a number', 'step_up.duration_ms', '8', undefined],
    ['1 is not true', 'step_up.phishing_resistant', 1, undefined],
    ['a value outside the list becomes the catch-all', 'error.type', 'Unexpected challenge "abc"', 'other'],
    ['a value outside a list without a catch-all is dropped', 'step_up.outcome', 'maybe', undefined],
    ['a string is not a list', 'step_up.amr', 'hwk', undefined],
    ['a list keeps what fits', 'step_up.amr', ['hwk', 1, 'user'], [expect.anything(), expect.anything()]],
  ])('%s and is named', (_, name, value, expected) => {
    const { valueOf, sanitised } = encode({}, { [name]: value });
    expect(valueOf(name)).toEqual(expected);
    expect(sanitised).toEqual([name]);
    expect(valueOf('stepseal.sanitised')).toEqual([{ type: 'string', value: name }]);
  });

  it.each<[string, unknown]>([
    ['http.route', ''],
    ['http.route', null],
    ['http.route', undefined],
    ['step_up.amr', []],
    ['step_up.amr', ['']],
    ['step_up.duration_ms', null],
    ['made.up', undefined],
  ])('%s = %j says nothing and is left out without a word', (name, value) => {
    const { parsed, sanitised } = encode({}, { [name]: value });
    expect(sanitised).toEqual([]);
    expect(parsed.attributes.has(name)).toBe(false);
  });

  it.each([
    ['a NUL', 'a\u0000b'],
    ['a quotation mark', 'a"b'],
    ['a line separator', 'a\u2028b'],
    ['a plane beyond the first', 'a😀b'],
  ])('%s is kept as it is', (_, value) => {
    const { valueOf, sanitised } = encode({ body: value }, { 'http.route': value, 'user.hash': value });
    expect(sanitised).toEqual([]);
    expect(valueOf('http.route')).toBe(value);
    expect(valueOf('user.hash')).toBe(value);
  });

  it('a BigInt that fits is a number like any other', () => {
    expect(encode({}, { 'step_up.duration_ms': 8421n })).toMatchObject({ sanitised: [] });
  });
});

describe('names that do not belong to the event', () => {
  it('two thousand of them are one word in the record', () => {
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`made.up.${i}`, i]));
    expect(encode({}, many).sanitised).toEqual(['unknown']);
  });

  it('an attribute of another event is named, so that its author finds it', () => {
    expect(encode({}, { 'stepseal.gap.count': 1 }).sanitised).toEqual(['stepseal.gap.count']);
  });

  it('__proto__ as an own name changes nothing', () => {
    const attributes = JSON.parse('{"audit.action":"STEP_UP","__proto__":{"step_up.outcome":"passed"}}');
    const { sanitised, valueOf } = encode({ attributes });
    expect(sanitised).toEqual(['unknown']);
    expect(valueOf('step_up.outcome')).toBeUndefined();
  });

  it('an event cannot forge its place in the chain', () => {
    const { sanitised, valueOf } = encode({}, { 'audit.sequence.number': 99, 'audit.record.id': 'forged' });
    expect(sanitised).toEqual(['audit.record.id', 'audit.sequence.number']);
    expect(valueOf('audit.sequence.number')).toBe(2n);
    expect(valueOf('audit.record.id')).toBe(CHAIN.recordId);
  });

  it('a record encoded again keeps the marks of the first time', () => {
    const marks = ['http.route', 'body', 'user@example.org'];
    expect(encode({}, { 'stepseal.sanitised': marks }).sanitised).toEqual(['body', 'http.route', 'unknown']);
  });
});

describe('objects that fight back', () => {
  const boom = () => {
    throw new Error('boom');
  };

  it('a getter that throws costs its own attribute only', () => {
    const attributes = { 'audit.action': 'STEP_UP', 'step_up.id': 'x' };
    Object.defineProperty(attributes, 'http.route', { get: boom, enumerable: true });
    const { sanitised, valueOf } = encode({ attributes });
    expect(sanitised).toEqual(['http.route']);
    expect(valueOf('step_up.id')).toBe('x');
  });

  it('a proxy that throws at everything still leaves a record', () => {
    const hostile = new Proxy({}, { get: boom, has: boom, ownKeys: boom, getOwnPropertyDescriptor: boom });
    const { parsed } = encode({ attributes: hostile });
    expect(parsed.eventName).toBe('step_up.completed');
    expect(encodeEventDetailed(hostile as EventRecord, hostile as typeof CHAIN).sanitised).toContain('unknown');
  });

  it('an array that grows while it is read does not hold up the encoder', () => {
    const growing = new Proxy([] as string[], { get: (_, key) => (key === 'length' ? 2 ** 32 - 1 : 'x') });
    expect(encode({}, { 'step_up.amr': growing }).sanitised).toEqual(['step_up.amr']);
  });

  it('a getter that encodes another event does not mix the two', () => {
    const other = { ...BASE, body: 'Another.', attributes: { 'audit.action': 'OTHER', 'http.route': '/other' } };
    const plain = {
      ...BASE,
      body: 'One.',
      attributes: { 'audit.action': 'ONE', 'http.route': '/one', 'step_up.id': 'x' },
    };
    const expected = encodeEventDetailed(plain, CHAIN).payload;
    for (const name of ['body', 'timestampMs', 'traceId'] as const) {
      const busy = { ...plain };
      const get = () => (encodeEventDetailed(other, CHAIN), plain[name as 'body']);
      Object.defineProperty(busy, name, { get, enumerable: true });
      expect(encodeEventDetailed(busy, CHAIN).payload).toBe(expected);
    }
    const attributes = { ...plain.attributes };
    Object.defineProperty(attributes, 'http.route', {
      get: () => (encodeEventDetailed(other, CHAIN), '/one'),
      enumerable: true,
    });
    expect(encodeEventDetailed({ ...plain, traceId: 'bad', attributes }, CHAIN).sanitised).toEqual(['trace_id']);
  });

  it('a list changed between two events is read anew', () => {
    const amr = ['hwk'];
    const first = encode({}, { 'step_up.amr': amr }).payload;
    amr[0] = 'pwd';
    expect(encode({}, { 'step_up.amr': amr }).payload).toBe(first.replace('hwk', 'pwd'));
  });
});

describe('times, ids and the body', () => {
  it('a fraction of a millisecond is floored without a word', () => {
    const { parsed, sanitised } = encode({ timestampMs: 1_795_253_523_042.9 });
    expect(parsed.timestamp).toBe(1_795_253_523_042_000_000n);
    expect(sanitised).toEqual([]);
  });

  it.each([Number.NaN, -5, 1e300, '2026', {}])('a time of %s is left out and named', (timestampMs) => {
    const { parsed, sanitised } = encode({ timestampMs });
    expect(parsed.timestamp).toBeUndefined();
    expect(sanitised).toEqual(['timestamp']);
  });

  it('trace ids that are none are left out and named; zero ids mean none', () => {
    expect(encode({ traceId: 'ABC', spanId: 5 }).sanitised).toEqual(['span_id', 'trace_id']);
    expect(encode({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) }).sanitised).toEqual([]);
  });

  it('records of the trail itself carry no trace id', () => {
    const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    const { parsed } = encode({ ...ids, eventName: 'stepseal.seal', attributes: {} });
    expect(parsed.traceId).toBeUndefined();
    expect(parsed.spanId).toBeUndefined();
  });

  it('a body that is too long is cut and named', () => {
    const { parsed, sanitised } = encode({ body: 'ü'.repeat(1000) });
    expect(parsed.body).toEqual({ type: 'string', value: 'ü'.repeat(512) });
    expect(sanitised).toEqual(['body']);
  });
});

describe('the bound of a payload', () => {
  it.each(['stepseal.stream.open', 'step_up.completed', 'not.in.the.registry'])(
    'holds when every attribute of %s is as long as it may be and needs escapes',
    (eventName) => {
      const { payload } = encode({ eventName, body: '\u0001'.repeat(1024), attributes: longest() });
      expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(LIMITS.ownPayloadBytes);
    },
  );

  it('is kept by cutting the longest texts, which are named', () => {
    const { sanitised, valueOf } = encode({ eventName: 'not.in.the.registry', attributes: longest() });
    expect(sanitised).toContain('stepseal.resource');
    expect(sanitised).not.toContain('step_up.id');
    expect(valueOf('step_up.id')).toBe('\u0001'.repeat(64));
  });

  function longest() {
    const free = Object.entries(ATTRIBUTES).filter(([, { values, chain }]) => values === undefined && chain !== true);
    const full = free.map(([name, { type, maxBytes = 0, maxItems = 0 }]) => {
      if (type === 'string') return [name, '\u0001'.repeat(maxBytes)];
      return type === 'string[]' ? [name, Array(maxItems).fill('\u0001'.repeat(maxBytes))] : [name, 1];
    });
    return Object.fromEntries(full);
  }
});

describe('the generated encoders', () => {
  it('take a well-behaved event, so that the hot path is not the careful one', () => {
    const record = { ...BASE, body: 'A sentence.', attributes: { ...BASE.attributes, 'geo.locality.name': 'Köln' } };
    expect(FAST_ENCODERS.get('step_up.completed')?.(record, CHAIN)).toBe(encodeEventDetailed(record, CHAIN).payload);
  });

  it('exist for every event of a step-up', () => {
    const names = Object.keys(EVENTS).filter((name) => name.startsWith('step_up.'));
    expect([...FAST_ENCODERS.keys()].sort()).toEqual(names.sort());
  });
});
