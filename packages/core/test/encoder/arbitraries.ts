// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import type { ChainFields, EventRecord } from '../../src/format/event-encoder-types.ts';
import { ATTRIBUTES } from '../../src/semconv/generated/attributes.ts';
import { EVENTS } from '../../src/semconv/generated/events.ts';
import type { AttributeDefinition } from '../../src/semconv/registry-types.ts';

const definitions = new Map<string, AttributeDefinition>(Object.entries(ATTRIBUTES));

export const CHAIN: ChainFields = {
  recordId: '019a5c40-7c3e-7b52-9d41-6f1f0d3c2a10',
  streamId: '019a5c40-0000-7000-8000-0a1b2c3d4e5f',
  number: 2,
  previousHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  previousRecordId: '019a5c40-7c3e-7b52-9d41-6f1f0d3c2a0f',
};

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

export const chains: fc.Arbitrary<ChainFields> = fc.record(
  {
    recordId: fc.uuid({ version: 7 }),
    streamId: fc.constantFrom(CHAIN.streamId, '019a5c41-0000-7000-8000-0a1b2c3d4e5f'),
    number: fc.oneof(fc.integer({ min: 1, max: 300_000 }), fc.maxSafeNat()),
    previousHash: hex(64),
    previousRecordId: fc.uuid({ version: 7 }),
    end: fc.boolean(),
  },
  { requiredKeys: ['recordId', 'streamId', 'number'] },
);

const utf8Length = (text: string) => Buffer.byteLength(text);
const text = (maxBytes: number) =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: Math.min(maxBytes, 40) }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: Math.min(maxBytes, 40) }) },
      { weight: 1, arbitrary: fc.constantFrom('a"b', 'a\\b', '\u0000', '\u007f', 'ü', '€', '😀', '\u2028') },
    )
    .filter((value) => value.isWellFormed() && utf8Length(value) <= maxBytes);

/** A value that the registry allows as it is. */
function goodValue(definition: AttributeDefinition): fc.Arbitrary<unknown> {
  if (definition.values !== undefined) return fc.constantFrom(...definition.values);
  if (definition.type === 'int') return fc.oneof(fc.nat(2000), fc.maxSafeInteger());
  if (definition.type === 'boolean') return fc.boolean();
  if (definition.type === 'string') return text(definition.maxBytes ?? 1);
  return fc.array(text(definition.maxBytes ?? 1), { minLength: 1, maxLength: Math.min(definition.maxItems ?? 1, 4) });
}

const times = fc.oneof(
  fc.integer({ min: 1_795_253_523_000, max: 1_795_253_524_100 }),
  fc.integer({ min: 1, max: 5000 }),
);

function recordsOf(eventName: string, attributes: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<EventRecord> {
  const ids = fc.oneof(
    fc.constant({}),
    fc.record({ traceId: hex(32).filter((id) => !/^0+$/.test(id)), spanId: hex(16).filter((id) => !/^0+$/.test(id)) }),
  );
  return fc
    .record(
      { timestampMs: times, observedTimestampMs: times, body: text(1024), attributes },
      { requiredKeys: ['timestampMs', 'observedTimestampMs', 'attributes'] },
    )
    .chain((record) => ids.map((both) => ({ eventName, ...record, ...both })));
}

const names = Object.keys(EVENTS) as (keyof typeof EVENTS)[];

function ownNames(eventName: keyof typeof EVENTS): string[] {
  return Object.keys(EVENTS[eventName].attributes).filter((name) => definitions.get(name)?.chain !== true);
}

/** Records that the registry allows as they are: the encoder must not mend anything. */
export const goodRecords: fc.Arbitrary<EventRecord> = fc.oneof(
  ...names.map((eventName) => {
    const model = ownNames(eventName).map((name) => [name, goodValue(definitions.get(name) as AttributeDefinition)]);
    return recordsOf(eventName, fc.record(Object.fromEntries(model), { requiredKeys: [] }));
  }),
);

const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withSparseArray: true }),
  fc.constantFrom(
    undefined,
    null,
    '',
    [],
    [''],
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    1.5,
    2 ** 60,
    10n,
    2n ** 70n,
  ),
  fc.constantFrom(
    Symbol('x'),
    () => 0,
    '\ud800',
    'a\udc00b',
    'x'.repeat(70_000),
    '\u0000'.repeat(300),
    '😀'.repeat(200),
  ),
  fc.array(fc.oneof(fc.string(), fc.constantFrom('\ud800', 1, null, undefined, 'y'.repeat(999))), { maxLength: 200 }),
);

const oddNames = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'audit.record.id',
    'stepseal.sanitised',
    'stepseal.gap.count',
    '',
    '\ud800',
  ),
  fc.string(),
);

/** Records with anything in them, under names of the registry mostly. */
export const oddRecords: fc.Arbitrary<EventRecord> = fc.oneof(
  ...names.map((eventName) => {
    const ownName = fc.constantFrom(...ownNames(eventName));
    const name = fc.oneof({ weight: 5, arbitrary: ownName }, { weight: 1, arbitrary: oddNames });
    const attributes = fc.array(fc.tuple(name, oddValues), { maxLength: 20 }).map((entries) => {
      const target: Record<string, unknown> = { 'audit.action': 'STEP_UP' };
      for (const [key, value] of entries) {
        Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
      }
      return target;
    });
    return recordsOf(eventName, attributes);
  }),
);
