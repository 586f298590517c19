// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { encodePayload, type Payload, type TypedValue } from '@stepseal/core/format';
import { ATTRIBUTES } from '@stepseal/core/semconv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WrittenNumber } from '../../src/elasticsearch/lossless-json.ts';
import { differences, type Json } from './support.ts';

const scalar: fc.Arbitrary<TypedValue> = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value): TypedValue => ({ type: 'string', value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): TypedValue => ({ type: 'int', value })),
  fc.integer({ min: -5, max: 5 }).map((value): TypedValue => ({ type: 'int', value: BigInt(value) })),
  fc.boolean().map((value): TypedValue => ({ type: 'bool', value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value): TypedValue => ({ type: 'double', value: value === 0 ? 0 : value })),
  fc.uint8Array({ maxLength: 8 }).map((value): TypedValue => ({ type: 'bytes', value })),
);

const { value: anyValue } = fc.letrec<{ value: TypedValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((value): TypedValue => ({ type: 'array', value })),
    fc
      .array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 })
      .map((members): TypedValue => ({ type: 'map', value: new Map(members) })),
  ),
}));

const name = fc.oneof(
  fc.constantFrom(
    ...Object.keys(ATTRIBUTES),
    'geo.location.lat',
    'a.geo.location.lon',
    'event.name',
    'elasticsearch.index',
  ),
  fc.string({ minLength: 1 }).filter((text) => !text.startsWith('audit.integrity.')),
);
const time = fc.option(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), { nil: undefined });
const id = (digits: number): fc.Arbitrary<string | undefined> =>
  fc.option(fc.string({ unit: fc.constantFrom(...'123456789abcdef'), minLength: digits, maxLength: digits }), {
    nil: undefined,
  });

const payload: fc.Arbitrary<string> = fc
  .record({
    attributes: fc.array(fc.tuple(name, anyValue), { maxLength: 8 }).map((members) => new Map(members)),
    body: fc.option(anyValue, { nil: undefined }),
    eventName: fc.option(fc.oneof(fc.constantFrom('step_up.completed', 'stepseal.seal'), fc.string({ minLength: 1 })), {
      nil: undefined,
    }),
    timestamp: time,
    observedTimestamp: time,
    traceId: id(32),
    spanId: id(16),
  })
  .map(({ attributes, ...fields }) =>
    encodePayload({
      attributes,
      ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Payload>),
    }),
  );

test('the document that the exporter writes of any payload has no difference', () => {
  fc.assert(
    fc.property(payload, (text) => {
      expect(differences(text)).toEqual([]);
    }),
    { interruptAfterTimeLimit: 1500, numRuns: 2000 },
  );
});

/** A place in a document: the object or list that holds it, and where in that. */
interface Place {
  readonly holder: Record<string | number, unknown>;
  readonly key: string | number;
  readonly path: string;
}

function places(holder: unknown, path = ''): Place[] {
  if (typeof holder !== 'object' || holder === null || holder instanceof WrittenNumber) return [];
  return Object.keys(holder).flatMap((key) => {
    const found = { holder: holder as Record<string, unknown>, key, path: `${path}/${key}` };
    return [found, ...places(found.holder[key], found.path)];
  });
}

/** These prove themselves, or only the whole stream can judge them. */
const PROVED_ELSEWHERE = /^\/attributes\/audit\.integrity\.(?:payload|seal)$/;

const change: readonly ((place: Place) => void)[] = [
  ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  ({ holder, key }) => {
    holder[key] = other(holder[key]);
  },
  ({ holder, key }) => {
    holder[key] = [holder[key]];
  },
  ({ holder, key }) => {
    holder[key] = { value: holder[key] };
  },
  ({ holder, key }) => {
    holder[`${key}x`] = holder[key];
    delete holder[key];
  },
];

function other(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value === 0 ? 1 : -value;
  if (typeof value === 'bigint') return -value + 1n;
  if (value instanceof WrittenNumber)
    return new WrittenNumber(Number(value.text) === 0 ? '1.0' : `-${value.text}`.replace('--', ''));
  return 'something else';
}

test('any single change to such a document is a difference', () => {
  fc.assert(
    fc.property(payload, fc.nat(), fc.nat(change.length - 1), (text, where, how) => {
      let path = '';
      const found = differences(text, (document: Json) => {
        const all = places(document).filter((place) => !PROVED_ELSEWHERE.test(place.path));
        const place = all[where % all.length] as Place;
        const value = place.holder[place.key];
        // An empty scope says what no scope says.
        if (place.path === '/scope' && Object.keys(value as object).length === 0) return;
        path = place.path;
        change[how]?.(place);
      });
      if (path !== '') expect([path, found.length > 0]).toEqual([path, true]);
    }),
    { interruptAfterTimeLimit: 2000, numRuns: 5000 },
  );
});
