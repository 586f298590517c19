// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerText } from '../../src/otlp/answer.ts';
import { jsonEncoding } from '../../src/otlp/json-encoding.ts';
import { protobufEncoding } from '../../src/otlp/protobuf-encoding.ts';

const protobuf = protobufEncoding();
const JSON_TYPE = 'application/json; charset=utf-8';
const PROTOBUF_TYPE = 'application/x-protobuf';

/** partial_success = 1 {rejected_log_records = 1, error_message = 2}, written by hand. */
function answer(rejected: number[], message: string): Buffer {
  const text = Buffer.from(message);
  const inner = Buffer.concat([
    rejected.length === 0 ? Buffer.of() : Buffer.of(0x08, ...rejected),
    text.length === 0 ? Buffer.of() : Buffer.concat([Buffer.of(0x12, text.length), text]),
  ]);
  return Buffer.concat([Buffer.of(0x0a, inner.length), inner]);
}

const read = (text: string): unknown => jsonEncoding.readAnswer(Buffer.from(text), JSON_TYPE);

describe('an answer', () => {
  test('without a word about partial success means that everything was taken', () => {
    for (const body of [Buffer.of(), answer([], ''), answer([0], '')]) {
      expect(protobuf.readAnswer(body, PROTOBUF_TYPE)).toBeUndefined();
    }
    for (const text of [
      '',
      '{}',
      '{"partialSuccess":{}}',
      '{"partialSuccess":null}',
      '{"partialSuccess":{"rejectedLogRecords":"0"}}',
    ]) {
      expect(read(text)).toBeUndefined();
    }
  });

  test('tells how many records were dropped and why, in both encodings', () => {
    expect(protobuf.readAnswer(answer([3], 'too old'), PROTOBUF_TYPE)).toEqual({ rejected: 3, message: 'too old' });
    expect(protobuf.readAnswer(answer([0x80, 0x04], ''), PROTOBUF_TYPE)).toEqual({ rejected: 512, message: '' });
    expect(protobuf.readAnswer(answer([], 'slow down'), PROTOBUF_TYPE)).toEqual({ rejected: 0, message: 'slow down' });
    expect(read('{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}')).toEqual({
      rejected: 3,
      message: 'too old',
    });
    expect(read('{"partialSuccess":{"rejectedLogRecords":3}}')).toEqual({ rejected: 3, message: '' });
  });

  test('is read by its own type, not by that of the request', () => {
    expect(protobuf.readAnswer(Buffer.from('{"partialSuccess":{"rejectedLogRecords":"1"}}'), JSON_TYPE)).toEqual({
      rejected: 1,
      message: '',
    });
    expect(jsonEncoding.readAnswer(answer([1], ''), PROTOBUF_TYPE)).toEqual({ rejected: 1, message: '' });
  });

  test('that is a page of somebody else is none, or a proxy could swallow the trail', () => {
    const page = Buffer.from('<!doctype html><title>Sign in</title>');
    expect(protobuf.readAnswer(page, 'text/html')).toBe('unreadable');
    expect(jsonEncoding.readAnswer(page, 'text/html')).toBe('unreadable');
    expect(jsonEncoding.readAnswer(page, undefined)).toBe('unreadable');
  });

  test.each([
    '[]',
    '1',
    '"x"',
    'null',
    '{"partialSuccess":[]}',
    '{"partialSuccess":{"rejectedLogRecords":-1}}',
    '{"partialSuccess":{"rejectedLogRecords":"-1"}}',
    '{"partialSuccess":{"rejectedLogRecords":1.5}}',
    '{"partialSuccess":{"rejectedLogRecords":{}}}',
    '{"partialSuccess":{"errorMessage":1}}',
    '{',
  ])('in JSON of another shape is none: %s', (text) => {
    expect(read(text)).toBe('unreadable');
  });

  test.each<[string, number[]]>([
    ['cut off', [0x0a, 0x05, 0x08]],
    ['with a varint without end', [0x0a, 0x0b, 0x08, ...Array(10).fill(0xff)]],
    ['with a group', [0x0b, 0x0c]],
    ['with field 0', [0x02, 0x00]],
    ['with a negative count', [0x0a, 0x0b, 0x08, ...Array(9).fill(0xff), 0x01]],
    ['with a number for the message', [0x08, 0x01]],
  ])('in protobuf %s is none', (_, bytes) => {
    expect(protobuf.readAnswer(Buffer.from(bytes), PROTOBUF_TYPE)).toBe('unreadable');
  });

  test('of any bytes is read without failing and with little memory', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(JSON_TYPE, PROTOBUF_TYPE, undefined, ''),
        (body, type) => {
          for (const encoding of [protobuf, jsonEncoding]) {
            const result = encoding.readAnswer(body, type);
            if (typeof result === 'object') expect(result.message.length).toBeLessThanOrEqual(400);
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(protobuf.readAnswer(Buffer.alloc(65_537), PROTOBUF_TYPE)).toBe('unreadable');
    expect(read(`{"x":"${'x'.repeat(65_536)}"}`)).toBe('unreadable');
  });

  test('is shown in 200 characters without control characters, so that it cannot forge lines of a log', () => {
    expect(answerText('a\r\nERROR: b\u001b[31m\u0000\u202ec')).toBe('a ERROR: b [31m c');
    expect([...answerText('😀'.repeat(500))]).toHaveLength(200);
    expect(answerText('\ud800')).toBe('\ufffd');
  });
});
