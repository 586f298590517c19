// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExportedStream } from '../../src/otlp/exported-stream.ts';
import { jsonEncoding } from '../../src/otlp/json-encoding.ts';
import type { DeliverableRecord } from '../../src/otlp/logs-encoding.ts';
import { protobufEncoding } from '../../src/otlp/protobuf-encoding.ts';
import { ProtobufWriter } from '../../src/otlp/protobuf-writer.ts';
import { Transcoder } from '../../src/otlp/transcoder.ts';
import { anyRecords, ownRecords } from './arbitraries.ts';
import { type Decoded, decode } from './definitions.ts';

const stream: ExportedStream = {
  resource: new Map([['service.name', { type: 'string', value: 'bank' }]]),
  softwareVersion: '0.1.0',
};

/** A decoded protobuf request and a parsed JSON one in the same terms: order of attributes aside, ids in hexadecimal. */
function normal(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    // Attributes are a set; the encodings put what is added at different ends.
    if (key === 'attributes') items.sort((a, b) => ((a as { key: string }).key < (b as { key: string }).key ? -1 : 1));
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, normal(member, name)]);
  return Object.fromEntries(entries.filter(([, member]) => !(Array.isArray(member) && member.length === 0)));
}

/** Times of 0, empty texts and ids in base64 do not stand in JSON as they do in protobuf. */
function normalJson(value: unknown): unknown {
  return normal(
    JSON.parse(JSON.stringify(value), (name, member) => {
      if ((name === 'traceId' || name === 'spanId') && typeof member === 'string') {
        return Buffer.from(member, 'hex').toString('base64');
      }
      if ((name === 'timeUnixNano' || name === 'observedTimeUnixNano') && member === '0') return undefined;
      if ((name === 'name' || name === 'version') && member === '') return undefined;
      return member;
    }),
  );
}

function inProtobuf(records: readonly DeliverableRecord[], encoding = protobufEncoding()): Decoded {
  return decode('ExportLogsServiceRequest', encoding.encode(stream, records));
}

function inJson(records: readonly DeliverableRecord[]): unknown {
  return JSON.parse(Buffer.from(jsonEncoding.encode(stream, records)).toString());
}

describe('the two encodings', () => {
  test('say the same of any records, in the fields and types of the official definitions', () => {
    // One encoder for all runs: what it has learnt of one record must not show in another.
    const encoding = protobufEncoding();
    fc.assert(
      fc.property(fc.array(anyRecords, { maxLength: 5 }), (records) => {
        expect(normal(inProtobuf(records, encoding))).toEqual(normalJson(inJson(records)));
      }),
      { numRuns: 400 },
    );
  });

  test('are functions of their input: a new encoder and one that has seen others give the same bytes', () => {
    const seasoned = protobufEncoding();
    fc.assert(
      fc.property(fc.array(anyRecords, { maxLength: 3 }), (records) => {
        const bytes = Buffer.from(seasoned.encode(stream, records));
        expect(bytes.equals(protobufEncoding().encode(stream, records))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('keep records in their order over scopes and over signed and unsigned ones', () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index % 5 < 2 || index % 11 === 0);
    const foreign = (index: number): string =>
      `{"attributes":{"n":{"intValue":"${index}"},"stepseal.foreign.scope.name":{"stringValue":"s${index % 3}"}}}`;
    const own = (index: number): string => `{"attributes":{"n":{"intValue":"${index}"}},"event_name":"stepseal.seal"}`;
    const records = numbers.map((isOwn, index) => ({
      payload: Buffer.from(isOwn ? own(index) : foreign(index)),
      hash: '0'.repeat(64),
      number: index + 1,
      ...(index % 7 < 3 ? { signature: new Uint8Array(64) } : {}),
    }));
    const request = inProtobuf(records) as { resourceLogs: { scopeLogs: { logRecords: Decoded[] }[] }[] };
    const order = request.resourceLogs
      .flatMap(({ scopeLogs }) => scopeLogs)
      .flatMap(({ logRecords }) => logRecords)
      .map(({ attributes }) =>
        (attributes as { key: string; value: { intValue: string } }[]).find(({ key }) => key === 'n'),
      )
      .map((attribute) => Number(attribute?.value.intValue));
    expect(order).toEqual(numbers.map((_, index) => index));
  });
});

describe('the quick way', () => {
  test('is taken by ordinary events, or it would gain nothing', () => {
    const records = fc.sample(ownRecords, { numRuns: 300, seed: 7 });
    const writer = new ProtobufWriter(1024);
    const transcoder = new Transcoder(writer);
    const taken = records.filter((record) => transcoder.write(record));
    expect(taken.length).toBeGreaterThan(60);
  });

  test('writes nothing where it gives up', () => {
    const writer = new ProtobufWriter(1024);
    const transcoder = new Transcoder(writer);
    fc.assert(
      fc.property(anyRecords, fc.nat(), fc.nat(255), (record, place, byte) => {
        const payload = Buffer.from(record.payload);
        payload[place % payload.length] = byte;
        writer.position = 0;
        const written = transcoder.write({ ...record, payload });
        if (!written) expect(writer.position).toBe(0);
        // Whatever the file holds, what is written is a record that can be decoded.
        else expect(() => decode('ScopeLogs', writer.bytes.subarray(0, writer.position))).not.toThrow();
      }),
      { numRuns: 600 },
    );
  });

  test('leaves a hash or signature of another length to the general way', () => {
    const payload = Buffer.from(
      '{"attributes":{"n":{"intValue":"1"}},"event_name":"stepseal.seal","observed_timestamp":"1795253523000000000","timestamp":"1795253523000000000"}',
    );
    const record = { payload, hash: '0'.repeat(64), number: 1 };
    const transcoder = new Transcoder(new ProtobufWriter(1024));
    expect(transcoder.write(record)).toBe(true);
    expect(transcoder.write({ ...record, hash: 'ab' })).toBe(false);
    expect(transcoder.write({ ...record, signature: new Uint8Array(256) })).toBe(false);
    const records = [{ ...record, hash: 'ab', signature: new Uint8Array(256) }];
    expect(normal(inProtobuf(records))).toEqual(normalJson(inJson(records)));
  });

  test('reads nothing beyond a payload that is cut off', () => {
    const writer = new ProtobufWriter(1024);
    const transcoder = new Transcoder(writer);
    fc.assert(
      fc.property(ownRecords, fc.nat(), (record, cut) => {
        const payload = record.payload.subarray(0, cut % record.payload.length);
        expect(transcoder.write({ ...record, payload })).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
