// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  cutAfterNote,
  editText,
  insertAt,
  lineHash,
  noteIndex,
  type RecordLine,
  rawLine,
  recordAt,
  recordIndex,
  relink,
  replaceAt,
  type SegmentLine,
  StreamBuilder,
  segmentBytes,
  setAttributes,
  TestWriter,
  withAttributes,
  withPayload,
  writeOne,
} from '@stepseal/testkit';
import { ALL, type Base, ENDED, LONELY, later, trustText } from '../bases.ts';
import { on, own, type Row, type Variant } from '../variant.ts';

const REPLACEMENT = Buffer.from('\uFFFD');

/** The raw bytes of one record's line with some of them exchanged, as no text editor would write them. */
function editBytes(lines: readonly SegmentLine[], number: number, find: Buffer, put: Buffer): SegmentLine[] {
  const bytes = Buffer.from(`${recordAt(lines, number).text}\n`);
  const at = bytes.indexOf(find);
  return replaceAt(
    lines,
    recordIndex(lines, number),
    rawLine(Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + find.length)])),
  );
}

const edit = (number: number, change: (text: string) => string): Variant =>
  on(ALL, ({ lines }) => editText(lines, number, change));

const set = (number: number, changes: Parameters<typeof withAttributes>[1]): Variant =>
  on(ALL, ({ lines }) => setAttributes(lines, number, changes));

/** Row 5: the type of a value is part of it. */
export const typeSwaps: Row = {
  'int to string, record 3': set(3, { 'step_up.attempt.number': '1' }),
  'int to string, record 8': set(8, { 'step_up.attempt.number': '1' }),
  'int to double, record 8': set(8, { 'step_up.attempt.number': { type: 'double', value: 1 } }),
  'int to double, record 16': set(16, { 'step_up.attempt.number': { type: 'double', value: 1 } }),
  'string to int, record 2': set(2, { 'step_up.id': 1001n }),
  'string to double, record 10': set(10, { 'step_up.id': { type: 'double', value: 1002 } }),
  'bool to string, record 10': set(10, { 'step_up.requirement_met': 'true' }),
  'string to bytes, record 7': set(7, { 'user.hash': Buffer.from('hmac-sha256:0a7f3d1e5b') }),
  'last record before the close, int to string': on(ENDED, ({ lines }) =>
    setAttributes(lines, 18, { 'step_up.attempt.number': '1' }),
  ),
};

/** Row 6: what a reader through JavaScript numbers would not see. */
export const precision: Row = {
  'integer attribute beyond 2^53 by one': set(15, { 'bank.amount_micros': 9_007_199_254_740_992n }),
  'timestamp by one nanosecond, record 8': edit(8, (text) => bumpTime(text, 'timestamp')),
  'observed timestamp by one nanosecond, record 2': edit(2, (text) => bumpTime(text, 'observedTimestamp')),
  'double by its last bit': set(15, { 'bank.rate': { type: 'double', value: 1.2500000000000002 } }),
};

function bumpTime(text: string, field: 'timestamp' | 'observedTimestamp'): string {
  const time = BigInt(
    new RegExp(`"${field === 'timestamp' ? 'timestamp' : 'observed_timestamp'}":"(\\d+)"`).exec(text)?.[1] ?? 0,
  );
  return withPayload(text, { [field]: time + 1n });
}

/** Row 7: texts that a lenient reader would take for the sealed one. */
export const textCollisions: Row = {
  'invalid byte for a replacement character': on(ALL, ({ lines }) =>
    editBytes(lines, 15, REPLACEMENT, Buffer.from([0xff])),
  ),
  'surrogate as three bytes for a replacement character': on(ALL, ({ lines }) =>
    editBytes(lines, 15, REPLACEMENT, Buffer.from([0xed, 0xa0, 0x80])),
  ),
  'overlong slash': on(ALL, ({ lines }) => editBytes(lines, 16, Buffer.from('policy'), Buffer.from([0xc0, 0xaf]))),
  'escaped lone surrogate for a replacement character': edit(15, (text) => text.replace('\uFFFD', '\\ud800')),
  'escaped letter': edit(8, (text) => text.replace('webauthn', 'web\\u0061uthn')),
  'escaped lone surrogate sealed by the writer itself': sealedMalformed((text) => text.replace('policy', '\\udc00')),
};

/** Row 8. */
export const hostileKeys: Row = {
  'duplicate top-level key': edit(8, (text) =>
    text.replace('"event_name":', '"event_name":"step_up.review","event_name":'),
  ),
  'duplicate attribute': edit(8, (text) =>
    text.replace('"step_up.id":', '"step_up.id":{"stringValue":"1"},"step_up.id":'),
  ),
  'duplicate wrapper': edit(8, (text) =>
    text.replace('{"stringValue":"1002"}', '{"stringValue":"1","stringValue":"1002"}'),
  ),
  'top-level __proto__': edit(2, (text) => text.replace('{"attributes"', '{"__proto__":{},"attributes"')),
  '__proto__ for a wrapper': edit(16, (text) => text.replace('{"stringValue":"1004"}', '{"__proto__":"1004"}')),
  // An attribute may have any name: this one is well-formed, and caught as any other edit is.
  'attribute named __proto__': edit(8, (text) =>
    text.replace('{"attributes":{', '{"attributes":{"__proto__":{"stringValue":"1"},'),
  ),
  'unknown wrapper': edit(8, (text) => text.replace('{"stringValue":"1002"}', '{"nullValue":null}')),
  'duplicate attribute sealed by the writer itself': sealedMalformed((text) =>
    text.replace('"step_up.id":', '"step_up.id":{"stringValue":"1"},"step_up.id":'),
  ),
  'second spelling of a number sealed by the writer itself': sealedMalformed((text) =>
    text.replace('"step_up.attempt.number":{"intValue":"1"}', '"step_up.attempt.number":{"intValue":1}'),
  ),
};

/** A writer that seals a payload which is no payload, at number 3; every hash and note is right. */
function sealedMalformed(change: (text: string) => string): Variant {
  return own(() => {
    const write = (forged: boolean): TestWriter => {
      const writer = new TestWriter({ label: 'attack/sealed malformed' });
      const stream = writeOne(writer.start(), '1');
      writer.clock.advance(40);
      const text = stream.payloadText('step_up.required', {
        'step_up.id': '2',
        'step_up.trigger.reason': 'policy',
        'step_up.attempt.number': 1,
      });
      stream.append(stream.number + 1, forged ? change(text) : text);
      writeOne(stream, '3');
      return writer.close();
    };
    const forged = write(true);
    const verifiable = (writer: TestWriter) => ({
      sources: [writer.files()],
      trust: trustText(writer.identity),
      now: later(writer),
      strict: true,
    });
    return {
      control: verifiable(write(false)),
      attacked: verifiable(forged),
      streams: { target: forged.streams[0]?.stream.streamId ?? '' },
    };
  });
}

/** Records `from` to `to` exchanged for a forger's, and every hash from there on made to fit. */
function replaceRange({ lines, stream }: Base, from: number, to: number): SegmentLine[] {
  const forger = new StreamBuilder({ label: 'forger', streamId: stream.streamId, clock: stream.clock });
  const forged = lines.map((line): SegmentLine => {
    if (line.kind !== 'record' || line.number < from || line.number > to) {
      return line;
    }
    const text = forger.payloadText(
      'step_up.required',
      { 'step_up.id': `forged ${line.number}` },
      { number: line.number, previousHash: lineHash(line) },
    );
    return { kind: 'record', number: line.number, text };
  });
  return relink(forged, from);
}

const replace = (from: number, to: number, bases = ALL): Variant => on(bases, (base) => replaceRange(base, from, to));

/** Row 10. */
export const relinkedRanges: Row = {
  'records 2 to 3': replace(2, 3),
  'record 8 alone': replace(8, 8),
  'records 7 to 9': replace(7, 9),
  'records 13 to 16': replace(13, 16),
  'record 18, the last before the close': replace(18, 18, ENDED),
  'open record edited': on(ALL, ({ lines }) => relink(setAttributes(lines, 1, { 'host.name': 'bank-2' }), 2)),
  'gap of two edited to one': on(ALL, ({ lines }) => relink(setAttributes(lines, 14, { 'stepseal.gap.count': 1 }), 15)),
};

const forgeEnd = (size: number): Variant =>
  on(LONELY, ({ lines }) => setAttributes(cutAfterNote(lines, size), size, { 'audit.sequence.end': true }));

/** Row 61: a forged end after a cut. */
export const forgedEnds: Row = {
  'cut at note 6': forgeEnd(6),
  'cut at note 12': forgeEnd(12),
  'cut at note 17': forgeEnd(17),
  'cut at note 12, made a close record': on(LONELY, ({ lines }) =>
    editText(cutAfterNote(lines, 12), 12, (text) =>
      withPayload(withAttributes(text, { 'audit.sequence.end': true }), { eventName: 'stepseal.stream.close' }),
    ),
  ),
};

function editLastSeal(changes: Parameters<typeof withAttributes>[1]): Variant {
  return on(['closed', 'rolled', 'crashed'], ({ name, lines }) =>
    name === 'crashed' ? setAttributes(cutAfterNote(lines, 17), 17, changes) : setAttributes(lines, 19, changes),
  );
}

/** Row 62. In the crashed stream the last sealing record is 17, and nothing stands behind its note. */
export const lastSealEdits: Row = {
  'wall time': editLastSeal({ 'stepseal.clock.wall_ms': 1_793_610_000_000 }),
  'monotonic time': editLastSeal({ 'stepseal.clock.monotonic_ms': 5_000 }),
  'refused total': editLastSeal({ 'stepseal.refused_total': 0 }),
  'refused total, with records behind the note': on(['crashed'], ({ lines }) =>
    setAttributes(lines, 17, { 'stepseal.refused_total': 0 }),
  ),
};

/** Row 66: damage inside the file that looks like a crash. */
export const looksTorn: Row = {
  'record 9 loses the end of its line': on(ALL, ({ lines }) => tearRecord(lines, 9, 40)),
  'record 2 loses all but its first byte': on(ALL, ({ lines }) =>
    tearRecord(lines, 2, recordAt(lines, 2).text.length - 1),
  ),
  'first brace of record 9 flipped': on(ALL, ({ lines }) => editBytes(lines, 9, Buffer.from('{'), Buffer.from('['))),
  'line feed of record 9 flipped': on(ALL, ({ lines }) =>
    editBytes(lines, 9, Buffer.from('\n'), Buffer.from('\u000b')),
  ),
  'sealing record under the last note torn': on(LONELY, ({ lines, name }) =>
    tearRecord(lines, name === 'closed' ? 19 : 17, 40),
  ),
  'zeros in the middle of record 9': on(ALL, ({ lines }) =>
    editBytes(lines, 9, Buffer.from('step_up.id'), Buffer.alloc(10)),
  ),
  'empty line': on(ALL, ({ lines }) => insertAt(lines, recordIndex(lines, 9), rawLine('\n'))),
  'carriage return before the line feed of record 9': on(ALL, ({ lines }) =>
    editBytes(lines, 9, Buffer.from('\n'), Buffer.from('\r\n')),
  ),
  'half a record before note 11': on(ALL, ({ lines }) =>
    insertAt(lines, noteIndex(lines, 11), rawLine(`${recordAt(lines, 12).text.slice(0, 100)}\n`)),
  ),
};

function tearRecord(lines: readonly SegmentLine[], number: number, bytes: number): SegmentLine[] {
  const line: RecordLine = recordAt(lines, number);
  const kept = segmentBytes([line]).subarray(0, -1 - bytes);
  return replaceAt(lines, recordIndex(lines, number), rawLine(Buffer.concat([kept, Buffer.from('\n')])));
}
