// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWithRepair } from '../../src/format/event-encoder-repair.ts';
import {
  type ChainFields,
  type EventRecord,
  encodeEvent,
  encodeEventDetailed,
  encodePayload,
  LIMITS,
  parsePayload,
} from '../../src/format/index.ts';
import type { TypedValue } from '../../src/format/typed-value.ts';
import { SCHEMA_VERSION } from '../../src/semconv/index.ts';
import { CHAIN, chains, goodRecords, oddRecords } from './arbitraries.ts';

const TIME = { interruptAfterTimeLimit: 5000 };

function typed(value: unknown): TypedValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'number') return { type: 'int', value: BigInt(value) };
  if (typeof value === 'boolean') return { type: 'bool', value };
  return { type: 'array', value: (value as unknown[]).map(typed) };
}

/** The payload of a record in which nothing must be mended, by the generic encoding. */
function generic(record: EventRecord, chain: ChainFields): string {
  const attributes = new Map(Object.entries(record.attributes).map(([name, value]) => [name, typed(value)]));
  const set = (name: string, value: unknown) => {
    if (value !== undefined && value !== false) attributes.set(name, typed(value));
  };
  set('audit.record.id', chain.recordId);
  set('audit.schema.version', SCHEMA_VERSION);
  set('audit.sequence.end', chain.end);
  set('audit.sequence.number', chain.number);
  set('audit.sequence.previous_hash', chain.previousHash);
  set('audit.sequence.previous_record_id', chain.previousRecordId);
  set('audit.sequence.stream_id', chain.streamId);
  const traced = record.eventName.startsWith('step_up.');
  return encodePayload({
    attributes,
    eventName: record.eventName,
    timestamp: BigInt(record.timestampMs) * 1_000_000n,
    observedTimestamp: BigInt(record.observedTimestampMs) * 1_000_000n,
    ...(record.body === undefined ? {} : { body: typed(record.body) }),
    ...(traced && record.traceId !== undefined ? { traceId: record.traceId } : {}),
    ...(traced && record.spanId !== undefined ? { spanId: record.spanId } : {}),
  });
}

describe('encodeEvent on records that need no mending', () => {
  it('gives the bytes of the generic encoding, or a verifier would call the record malformed', () => {
    fc.assert(
      fc.property(goodRecords, chains, (record, chain) => {
        expect(encodeEvent(record, chain)).toBe(generic(record, chain));
      }),
      { numRuns: 1000, ...TIME },
    );
  });

  it('gives what another implementation of RFC 8785 makes of it', () => {
    fc.assert(
      fc.property(goodRecords, chains, (record, chain) => {
        const payload = encodeEvent(record, chain);
        expect(canonicalize(JSON.parse(payload))).toBe(payload);
      }),
      { numRuns: 1000, ...TIME },
    );
  });

  it('lists nothing as mended and tells ASCII from other text', () => {
    fc.assert(
      fc.property(goodRecords, chains, (record, chain) => {
        const { payload, ascii, sanitised } = encodeEventDetailed(record, chain);
        expect(sanitised).toEqual([]);
        expect(ascii).toBe(Buffer.byteLength(payload) === payload.length);
      }),
      { numRuns: 500, ...TIME },
    );
  });

  it('does not change what it was given', () => {
    fc.assert(
      fc.property(goodRecords, (record) => {
        const before = structuredClone(record);
        encodeEvent(record, CHAIN);
        expect(record).toEqual(before);
      }),
      { numRuns: 300, ...TIME },
    );
  });
});

describe('the fast way and the careful way', () => {
  it('agree on every record, or what is mended would depend on luck', () => {
    fc.assert(
      fc.property(fc.oneof(goodRecords, oddRecords), chains, (record, chain) => {
        expect(encodeEventDetailed(record, chain)).toEqual(encodeWithRepair(record, chain));
      }),
      { numRuns: 1000, ...TIME },
    );
  });

  it('agree when one attribute after the other changes in a long run of events', () => {
    const runs = fc.array(fc.tuple(fc.nat(5), fc.constantFrom('a', 'b', 'ü', '"', 'c')), {
      minLength: 40,
      maxLength: 80,
    });
    const keys = [
      'http.route',
      'session.id',
      'user.hash',
      'step_up.action.name',
      'geo.locality.name',
      'step_up.auth_time',
    ];
    fc.assert(
      fc.property(runs, (steps) => {
        const attributes: Record<string, unknown> = { 'audit.action': 'STEP_UP', 'user.hash': 'u' };
        for (const [i, [key, value]] of steps.entries()) {
          const name = keys[key] as string;
          if (attributes[name] === value) delete attributes[name];
          else attributes[name] = value;
          const record = {
            eventName: 'step_up.completed',
            timestampMs: 1_795_253_523_000 + i,
            observedTimestampMs: 1_795_253_523_000 + (i >> 1),
            body: value,
            attributes,
          };
          expect(encodeEvent(record, CHAIN)).toBe(encodeWithRepair(record, CHAIN).payload);
        }
      }),
      { numRuns: 60, ...TIME },
    );
  });
});

describe('encodeEvent on records with anything in them', () => {
  it('never throws, and what it makes is a canonical payload within its bound', () => {
    fc.assert(
      fc.property(oddRecords, chains, (record, chain) => {
        const payload = Buffer.from(encodeEvent(record, chain));
        expect(payload.length).toBeLessThanOrEqual(LIMITS.ownPayloadBytes);
        expect(parsePayload(payload).eventName).toBe(record.eventName);
      }),
      { numRuns: 1000, ...TIME },
    );
  });

  it('never throws for arguments that are no records at all', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withBoxedValues: true }), fc.anything(), (record, chain) => {
        parsePayload(Buffer.from(encodeEvent(record as EventRecord, chain as ChainFields)));
      }),
      { numRuns: 1000, ...TIME },
    );
  });
});
