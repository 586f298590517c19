// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChainFields, type EventRecord, encodeEvent, encodePayload, type TypedValue } from '@stepseal/core/format';
import { ATTRIBUTES, type AttributeDefinition, EVENTS } from '@stepseal/core/semconv';
import fc from 'fast-check';
import type { DeliverableRecord } from '../../src/otlp/logs-encoding.ts';

const definitions = new Map<string, AttributeDefinition>(Object.entries(ATTRIBUTES));

const hexText = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const ids = (length: number): fc.Arbitrary<string> => hexText(length).filter((id) => !/^0+$/.test(id));

/** Texts of every length around where a length takes one byte more, with what JSON escapes and UTF-8 makes long. */
const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed()) },
  { weight: 1, arbitrary: fc.nat(400).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.constantFrom('a"b', 'a\\b', '\u0000', 'ü€😀', '"', '\\', '}', '{"stringValue":"') },
);

/** What services write mostly. */
const plainTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: fc.constantFrom(...'abc /:.@-_é€'), maxLength: 40 }) },
  { weight: 1, arbitrary: fc.nat(400).map((length) => 'x'.repeat(length)) },
);

function ownValue({ type, values }: AttributeDefinition, texts: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  if (values !== undefined) return fc.constantFrom(...values);
  if (type === 'int')
    return fc.oneof({ weight: 9, arbitrary: fc.nat(2_000) }, { weight: 1, arbitrary: fc.maxSafeInteger() });
  if (type === 'boolean') return fc.boolean();
  return type === 'string' ? texts : fc.array(texts, { maxLength: 6 });
}

const chains: fc.Arbitrary<ChainFields> = fc.record({
  recordId: fc.uuid({ version: 7 }),
  streamId: fc.uuid({ version: 7 }),
  number: fc.integer({ min: 1, max: 300_000 }),
  previousHash: hexText(64),
  previousRecordId: fc.uuid({ version: 7 }),
});

/** Payloads of registry events, as the encoder makes them. */
const ownPayloads: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...Object.entries(EVENTS)), fc.constantFrom(plainTexts, texts))
  .chain(([[eventName, event], texts]) => {
    const model = Object.keys(event.attributes)
      .filter((name) => definitions.get(name)?.chain !== true)
      .map((name) => [name, ownValue(definitions.get(name) as AttributeDefinition, texts)]);
    return fc.record({
      eventName: fc.constant(eventName),
      timestampMs: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1_600_000_000_000, max: 9_000_000_000_000 }) },
        { weight: 1, arbitrary: fc.nat(10_000) },
      ),
      observedTimestampMs: fc.integer({ min: 1_795_253_523_000, max: 1_795_253_524_000 }),
      body: fc.option(texts, { nil: undefined }),
      traceId: fc.option(ids(32), { nil: undefined }),
      spanId: fc.option(ids(16), { nil: undefined }),
      attributes: fc.record(Object.fromEntries(model), { requiredKeys: [] }),
    });
  })
  .chain((record) => chains.map((chain) => encodeEvent(record as EventRecord, chain)));

const { values: typedValues } = fc.letrec<{ values: TypedValue }>((tie) => ({
  values: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({ type: fc.constant('string' as const), value: texts }),
    fc.record({ type: fc.constant('int' as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
    fc.record({
      type: fc.constant('double' as const),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 200 }) }),
    fc.record({ type: fc.constant('array' as const), value: fc.array(tie('values'), { maxLength: 4 }) }),
    fc.record({
      type: fc.constant('map' as const),
      value: fc.array(fc.tuple(texts, tie('values')), { maxLength: 4 }).map((entries) => new Map(entries)),
    }),
  ),
}));

const times = fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { nil: undefined });

/** Payloads of anything the format has a spelling for; some under the names of registry events. */
const foreignPayloads: fc.Arbitrary<string> = fc
  .record({
    attributes: fc
      .array(
        fc.tuple(
          fc.oneof(
            texts,
            fc.constantFrom(
              '__proto__',
              'step_up.outcome',
              'step_up.access.result',
              'step_up.requirement_met',
              'stepseal.foreign.scope.name',
              'stepseal.foreign.severity_number',
              'stepseal.foreign.severity_text',
              'audit.integrity.hash',
            ),
          ),
          typedValues,
        ),
        { maxLength: 8 },
      )
      .map((entries) => new Map(entries)),
    body: fc.option(typedValues, { nil: undefined }),
    eventName: fc.option(fc.oneof(texts, fc.constantFrom(...Object.keys(EVENTS))), { nil: undefined }),
    observedTimestamp: times,
    spanId: fc.option(ids(16), { nil: undefined }),
    timestamp: times,
    traceId: fc.option(ids(32), { nil: undefined }),
  })
  .map(({ body, eventName, observedTimestamp, spanId, timestamp, traceId, attributes }) =>
    encodePayload({
      attributes,
      ...(body === undefined ? {} : { body }),
      ...(eventName === undefined ? {} : { eventName }),
      ...(observedTimestamp === undefined ? {} : { observedTimestamp }),
      ...(spanId === undefined ? {} : { spanId }),
      ...(timestamp === undefined ? {} : { timestamp }),
      ...(traceId === undefined ? {} : { traceId }),
    }),
  );

function deliverable(payloads: fc.Arbitrary<string>): fc.Arbitrary<DeliverableRecord> {
  return fc.record(
    {
      payload: payloads.map((text) => Buffer.from(text)),
      hash: hexText(64),
      number: fc.integer({ min: 1, max: 100_000 }),
      seal: fc.oneof(fc.nat(200), fc.maxSafeNat()),
      note: fc.oneof(texts, fc.constant('demo/stream\n7\nroot\n\n— demo c2ln\n'.repeat(9))),
      signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    },
    { requiredKeys: ['payload', 'hash', 'number'] },
  );
}

export const ownRecords: fc.Arbitrary<DeliverableRecord> = deliverable(ownPayloads);
export const anyRecords: fc.Arbitrary<DeliverableRecord> = deliverable(fc.oneof(ownPayloads, foreignPayloads));
