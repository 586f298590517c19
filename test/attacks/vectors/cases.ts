// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac } from 'node:crypto';
import { formatNote, noteLine, type SignatureLine } from '@stepseal/core/format';
import {
  cutAfterNote,
  dropNotes,
  dropRecords,
  editText,
  insertAt,
  lineHash,
  noteAt,
  noteIndex,
  rawLine,
  recordAt,
  recordIndex,
  relink,
  replaceAt,
  resign,
  type SegmentLine,
  StreamBuilder,
  segmentBytes,
  setAttributes,
  splitSegment,
  swapNotes,
  swapRecords,
  type TestKey,
  TestWriter,
  testKey,
  withAttributes,
  writeOne,
} from '@stepseal/testkit';
import { type KnownHeadsVector, type VectorCase, type VectorFinding, verdict } from './case.ts';
import { closedWriter, crashedWriter, newWriter, otherWriter, rolledWriter, writeVectorBody } from './streams.ts';

const BANK = testKey('demo.bank', 'identity/demo.bank');
const ATTACKER = testKey('demo.bank', 'attacker');
const LATER_MS = 600_000;

const policy = (...identities: readonly TestKey[]): object => ({
  version: 1,
  deployments: Object.fromEntries(
    identities.map(({ name }) => [
      name,
      { identities: identities.filter((key) => key.name === name).map((key) => key.vkey) },
    ]),
  ),
});

const t = (code: string, stream: string, from?: number, to: number | undefined = from): VectorFinding =>
  finding('tampered', code, stream, from, to);
const incomplete = (code: string, stream: string, from?: number, to: number | undefined = from): VectorFinding =>
  finding('incomplete', code, stream, from, to);
const unproved = (code: string, stream?: string): VectorFinding => finding('cannot_verify', code, stream);
const info = (code: string, stream: string, from?: number, to: number | undefined = from): VectorFinding =>
  finding('info', code, stream, from, to);

function finding(
  severity: VectorFinding['severity'],
  code: string,
  stream: string | undefined,
  from?: number,
  to?: number,
): VectorFinding {
  return {
    code,
    severity,
    ...(stream === undefined ? {} : { stream }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** The gap record of the body: every report of the stream states it. */
const loss = (stream: string): VectorFinding => info('DECLARED_LOSS', stream, 5);

type Given = Partial<Omit<VectorCase, 'name' | 'what' | 'verdict'>>;

function make(
  name: string,
  what: string,
  writer: TestWriter,
  findings: readonly VectorFinding[],
  given: Given = {},
): VectorCase {
  const files = given.files ?? byName(writer);
  return {
    name,
    what,
    trust: policy(BANK),
    now: writer.clock.wallMs + LATER_MS,
    ...given,
    files,
    verdict: verdict(findings),
  };
}

/** Segments of a writer by bare file name. */
function byName(...writers: readonly TestWriter[]): Map<string, Uint8Array> {
  return new Map(
    writers.flatMap((writer) =>
      writer.streams.map(({ stream, bytes }) => [`${stream.streamId}.ndjson`, bytes] as const),
    ),
  );
}

function streamOf(writer: TestWriter, index = 0): StreamBuilder {
  return (writer.streams[index] ?? raise()).stream;
}

function raise(): never {
  throw new Error('the writer has no such stream');
}

/** One stream's file with other lines. */
function altered(
  writer: TestWriter,
  edit: (lines: readonly SegmentLine[], stream: StreamBuilder) => readonly SegmentLine[],
  index = 0,
): Map<string, Uint8Array> {
  const { stream, bytes } = writer.streams[index] ?? raise();
  return byName(writer).set(`${stream.streamId}.ndjson`, segmentBytes(edit(splitSegment(bytes), stream)));
}

/** A case on the closed stream, which is edited. */
function onClosed(
  name: string,
  what: string,
  edit: (lines: readonly SegmentLine[], stream: StreamBuilder) => readonly SegmentLine[],
  findings: (stream: string) => readonly VectorFinding[],
  given: Given = {},
): VectorCase {
  const writer = closedWriter();
  const { streamId } = streamOf(writer);
  return make(name, what, writer, findings(streamId), { files: altered(writer, edit), ...given });
}

function heads(streams: readonly StreamBuilder[], newest: Readonly<Record<string, string>> = {}): KnownHeadsVector {
  return {
    version: 1,
    streams: Object.fromEntries(
      streams.map((stream) => {
        const size = stream.sealingNumbers.at(-1) ?? 0;
        return [stream.streamId, { deployment: stream.deployment, size, root: stream.rootAt(size), closed: true }];
      }),
    ),
    writers: Object.fromEntries(Object.entries(newest).map(([first, last]) => [first, { newest: last }])),
  };
}

function forgedRecord(lines: readonly SegmentLine[], stream: StreamBuilder, number: number): SegmentLine {
  const text = new StreamBuilder({ label: 'forger', streamId: stream.streamId, clock: stream.clock }).payloadText(
    'step_up.access',
    { 'step_up.id': 'b', 'step_up.access.result': 'granted' },
    { number, previousHash: lineHash(recordAt(lines, number - 1)) },
  );
  return { kind: 'record', number, text };
}

function signedWith(
  lines: readonly SegmentLine[],
  size: number,
  signatures: (text: string, genuine: SignatureLine) => readonly SignatureLine[],
): SegmentLine[] {
  const { note } = noteAt(lines, size);
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const [, name = '', encoded = ''] = note
    .slice(split + 2)
    .trimEnd()
    .split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  const genuine = { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
  const changed = formatNote(text, signatures(text, genuine));
  return replaceAt(lines, noteIndex(lines, size), { kind: 'note', size, note: changed, text: noteLine(changed) });
}

function genuineStreams(): VectorCase[] {
  const closed = closedWriter();
  const crashed = crashedWriter(false);
  const adopted = crashedWriter(true);
  const torn = crashedWriter(true, Buffer.from('{"attributes":{"audit.rec'));
  const hole = crashedWriter(true, Buffer.alloc(64));
  const rolled = rolledWriter();
  const live = newWriter();
  writeVectorBody(live.start());
  const id = (writer: TestWriter, index = 0): string => streamOf(writer, index).streamId;
  return [
    make('closed', 'A stream that ended well.', closed, [loss(id(closed))]),
    make('crashed', 'Killed with one record behind the last note; nobody has adopted it yet.', crashed, [
      incomplete('TAIL_UNSEALED', id(crashed), 7),
      loss(id(crashed)),
    ]),
    make('adopted', 'The same, and the next process has named what it found.', adopted, [
      info('ADOPTED', id(adopted), 7),
      loss(id(adopted)),
    ]),
    make('adopted-torn', 'Killed in the middle of a line, adopted with its torn bytes.', torn, [
      info('ADOPTED', id(torn), 7),
      loss(id(torn)),
    ]),
    make('adopted-hole', 'A power cut left zeros at the end; adopted.', hole, [
      info('ADOPTED', id(hole), 7),
      loss(id(hole)),
    ]),
    make('rolled', 'Three streams, each rolled into the next; only the first carries the identity.', rolled, [
      loss(id(rolled, 1)),
    ]),
    make(
      'live',
      'A stream that is being written, 200 ms after its last record.',
      live,
      [info('TAIL_OPEN', id(live), 7), loss(id(live))],
      { now: live.clock.wallMs + 200 },
    ),
    identityRotated(),
  ];
}

function identityRotated(): VectorCase {
  const writer = newWriter();
  writeOne(writer.start(), 'a');
  writer.close();
  writer.clock.advance(1_000);
  writer.identity = testKey('demo.bank', 'identity of next year');
  writeOne(writer.start(), 'b');
  writer.close();
  return make('identity-rotated', 'Two processes under two identities, both in the policy.', writer, [], {
    trust: policy(BANK, writer.identity),
  });
}

function editedStreams(): VectorCase[] {
  return [
    onClosed(
      'modified',
      'An attribute of record 4 edited.',
      (lines) => setAttributes(lines, 4, { 'step_up.trigger.reason': 'risk_score' }),
      (stream) => [t('MODIFIED', stream, 4)],
    ),
    onClosed(
      'type-swapped',
      'The integer 1 of record 4 made the text "1".',
      (lines) => setAttributes(lines, 4, { 'step_up.attempt.number': '1' }),
      (stream) => [t('MODIFIED', stream, 4)],
    ),
    onClosed(
      'duplicate-key',
      'An attribute twice in record 4: readers that take the first and readers that take the last see two records.',
      (lines) =>
        editText(lines, 4, (text) => text.replace('"step_up.id":', '"step_up.id":{"stringValue":"x"},"step_up.id":')),
      (stream) => [t('MALFORMED', stream, 4)],
    ),
    onClosed(
      'relinked',
      'Record 4 replaced and every hash behind it made to fit.',
      (lines) => relink(setAttributes(lines, 4, { 'step_up.id': 'x' }), 5),
      (stream) => [t('SEAL_MISMATCH', stream, 4, 8)],
    ),
    onClosed(
      'chain-broken',
      'Records 4 and 5 taken from another stream, with this stream\u2019s id written into them.',
      (lines, stream) =>
        [4, 5].reduce<readonly SegmentLine[]>((changed, number) => {
          const other = recordAt(streamOf(otherWriter()).lines, number);
          const text = withAttributes(other.text, { 'audit.sequence.stream_id': stream.streamId });
          return replaceAt(changed, recordIndex(changed, number), { ...other, text });
        }, lines),
      (stream) => [t('CHAIN_BROKEN', stream, 4, 6)],
    ),
    onClosed(
      'last-seal-edited',
      'The time in the close record edited.',
      (lines) => setAttributes(lines, 8, { 'stepseal.clock.wall_ms': 1 }),
      (stream) => [t('SEAL_MISMATCH', stream, 7, 8), loss(stream)],
    ),
  ];
}

function movedLines(): VectorCase[] {
  const other = otherWriter();
  const foreign = closedWriter();
  return [
    onClosed(
      'record-missing',
      'Record 4 taken out.',
      (lines) => dropRecords(lines, 4),
      (stream) => [t('RECORD_MISSING', stream, 4)],
    ),
    onClosed(
      'genesis-missing',
      'The first two records taken out, and the open note.',
      (lines) => lines.slice(recordIndex(lines, 2) + 1),
      (stream) => [t('GENESIS_MISSING', stream, 1, 2)],
    ),
    onClosed(
      'records-reordered',
      'Records 4 and 5 changed places.',
      (lines) => swapRecords(lines, 4, 5),
      (stream) => [t('REORDERED', stream, 4, 5), loss(stream)],
    ),
    onClosed(
      'notes-reordered',
      'The notes of records 3 and 6 changed places.',
      (lines) => swapNotes(lines, 3, 6),
      (stream) => [t('REORDERED', stream, 3, 6), loss(stream)],
    ),
    onClosed(
      'inserted',
      'A second record 4, made without any key, before the genuine one.',
      (lines, stream) => insertAt(lines, recordIndex(lines, 4), forgedRecord(lines, stream, 4)),
      (stream) => [t('INSERTED', stream, 4), loss(stream)],
    ),
    make(
      'foreign-stream',
      'A genuine record of another stream among those of this one.',
      foreign,
      [t('FOREIGN_STREAM', streamOf(foreign).streamId, 3), loss(streamOf(foreign).streamId)],
      {
        files: new Map([
          ...byName(other),
          ...altered(foreign, (lines) => insertAt(lines, recordIndex(lines, 5), recordAt(streamOf(other).lines, 3))),
        ]),
      },
    ),
    onClosed(
      'after-end',
      'An old record once more behind the closing note.',
      (lines) => [...lines, recordAt(lines, 4)],
      (stream) => [t('AFTER_END', stream, 4), loss(stream)],
    ),
    onClosed(
      'trailing-data',
      'A remark behind the closing note.',
      (lines) => [...lines, rawLine('# checked\n')],
      (stream) => [t('TRAILING_DATA', stream, 8), loss(stream)],
    ),
  ];
}

function forgedNotes(): VectorCase[] {
  return [
    onClosed(
      'note-missing',
      'The note of seal 3 taken out.',
      (lines) => dropNotes(lines, 3),
      (stream) => [t('NOTE_MISSING', stream, 3), loss(stream)],
    ),
    onClosed(
      'note-hmac',
      'The signature of note 6 replaced by an HMAC-SHA-512 keyed with the public key.',
      (lines, { streamKey }) =>
        signedWith(lines, 6, (text, genuine) => [
          { ...genuine, signature: createHmac('sha512', streamKey.publicKey).update(text).digest() },
        ]),
      (stream) => [t('NOTE_INVALID', stream, 6), loss(stream)],
    ),
    onClosed(
      'note-extra-signature',
      'A valid signature of a stranger beside the genuine one of note 6.',
      (lines) => signedWith(lines, 6, (text, genuine) => [genuine, ATTACKER.line(text)]),
      (stream) => [t('NOTE_INVALID', stream, 6), loss(stream)],
    ),
  ];
}

function cutStreams(): VectorCase[] {
  const closed = closedWriter();
  const adopted = crashedWriter(true);
  const rolled = rolledWriter();
  const [first, middle, last] = [0, 1, 2].map((index) => streamOf(rolled, index)) as [
    StreamBuilder,
    StreamBuilder,
    StreamBuilder,
  ];
  const closedId = streamOf(closed).streamId;
  const adoptedId = streamOf(adopted).streamId;
  const without = (writer: TestWriter, index: number): Map<string, Uint8Array> => {
    const files = byName(writer);
    files.delete(`${streamOf(writer, index).streamId}.ndjson`);
    return files;
  };
  const all = heads([first, middle, last], { [first.streamId]: last.streamId });
  return [
    make(
      'cut-unknown',
      'The closed stream cut at note 3; nobody has seen more of it.',
      closed,
      [incomplete('TAIL_UNSEALED', closedId, 4)],
      { files: altered(closed, (lines) => cutAfterNote(lines, 3)) },
    ),
    make(
      'cut-known',
      'The same, and an earlier run has seen all eight records.',
      closed,
      [t('TRUNCATED', closedId, 4, 8)],
      {
        files: altered(closed, (lines) => cutAfterNote(lines, 3)),
        knownHeads: heads([streamOf(closed)]),
      },
    ),
    make(
      'cut-pinned',
      'The crashed stream cut at note 3 after its successor had adopted seven records.',
      adopted,
      [t('TRUNCATED', adoptedId, 4, 7)],
      { files: altered(adopted, (lines) => cutAfterNote(lines, 3)) },
    ),
    make(
      'tail-edited',
      'Record 7, under no note, edited after the successor had pinned it.',
      adopted,
      [t('MODIFIED', adoptedId, 7), loss(adoptedId)],
      { files: altered(adopted, (lines) => setAttributes(lines, 7, { 'step_up.id': 'x' })) },
    ),
    make(
      'stream-missing',
      'The crashed stream deleted; its successor names it.',
      adopted,
      [t('STREAM_MISSING', adoptedId, 1, 7)],
      { files: without(adopted, 0) },
    ),
    make(
      'stream-not-given',
      'The same, but the one file given does not claim to be everything.',
      adopted,
      [incomplete('STREAM_MISSING', adoptedId, 1, 7)],
      { files: without(adopted, 0), complete: false },
    ),
    make(
      'successor-missing',
      'The last of three rolled streams deleted.',
      rolled,
      [incomplete('SUCCESSOR_MISSING', middle.streamId), loss(middle.streamId)],
      { files: without(rolled, 2) },
    ),
    make(
      'rollback',
      'The same, and an earlier run has seen it.',
      rolled,
      [t('ROLLBACK', last.streamId), incomplete('SUCCESSOR_MISSING', middle.streamId), loss(middle.streamId)],
      { files: without(rolled, 2), knownHeads: all },
    ),
  ];
}

function strangersKeys(): VectorCase[] {
  const closed = closedWriter();
  const rolled = rolledWriter();
  const own = new StreamBuilder({ label: 'vectors, attacker', identity: ATTACKER });
  writeVectorBody(own.open()).close();
  const shop = new TestWriter({
    label: 'vectors, shop',
    deployment: 'demo.shop',
    identity: testKey('demo.shop', 'identity/demo.bank'),
  });
  writeOne(shop.start(), 'a');
  shop.close();
  const genuine = streamOf(rolled, 2);
  const forged = new StreamBuilder({
    label: 'vectors, forged',
    streamId: genuine.streamId,
    streamKey: ATTACKER,
    predecessor: {
      cause: 'roll',
      streamId: streamOf(rolled, 1).streamId,
      number: 8,
      hash: streamOf(rolled, 1).lastHash,
    },
  });
  writeOne(forged.open(), 'x').close();
  return [
    make(
      'own-key',
      'A whole stream under an identity that the policy does not list.',
      closed,
      [unproved('KEY_NOT_AUTHORISED', own.streamId), loss(own.streamId)],
      { files: new Map([[`${own.streamId}.ndjson`, own.bytes()]]) },
    ),
    make(
      'other-deployment',
      'A genuine stream of a deployment that the policy does not list, under the same key pair.',
      shop,
      [unproved('KEY_NOT_AUTHORISED', streamOf(shop).streamId)],
    ),
    make(
      'forged-successor',
      'The stream that a close record names, written anew under the attacker\u2019s key.',
      rolled,
      [t('KEY_NOT_AUTHORISED', genuine.streamId), loss(streamOf(rolled, 1).streamId)],
      { files: byName(rolled).set(`${genuine.streamId}.ndjson`, forged.bytes()) },
    ),
    make(
      'no-policy',
      'The closed stream without a trust policy.',
      closed,
      [unproved('NO_TRUST_POLICY'), loss(streamOf(closed).streamId)],
      {
        trust: null,
      },
    ),
    make('nothing', 'An empty file.', closed, [unproved('ZERO_RECORDS')], {
      files: new Map([['empty.ndjson', Buffer.alloc(0)]]),
    }),
  ];
}

function twoHistories(): VectorCase[] {
  const closed = closedWriter();
  const stream = streamOf(closed);
  const rewritten = (lines: readonly SegmentLine[]): SegmentLine[] =>
    resign(relink(setAttributes(lines, 4, { 'step_up.id': 'x' }), 5), {
      deployment: stream.deployment,
      streamId: stream.streamId,
      keys: (size) => (size > 3 ? [stream.streamKey] : undefined),
    });
  const files = byName(closed);
  const [genuine = new Uint8Array()] = files.values();
  const second = segmentBytes(rewritten(splitSegment(genuine)));
  return [
    make(
      'equivocation',
      'Two files of one stream, the same up to record 3, each wholly under notes of the stream\u2019s key.',
      closed,
      [t('EQUIVOCATION', stream.streamId, 4), loss(stream.streamId), loss(stream.streamId)],
      {
        files: new Map([
          ['one.ndjson', genuine],
          ['two.ndjson', second],
        ]),
      },
    ),
    make(
      'equivocation-known',
      'Only the second of them, and an earlier run has seen the first.',
      closed,
      [t('EQUIVOCATION', stream.streamId, 1, 8), loss(stream.streamId)],
      { files: new Map([['two.ndjson', second]]), knownHeads: heads([stream]) },
    ),
    make(
      'duplicate',
      'Two files with the same bytes.',
      closed,
      [info('DUPLICATE_IDENTICAL', stream.streamId, 1, 8), loss(stream.streamId), loss(stream.streamId)],
      {
        files: new Map([
          ['one.ndjson', genuine],
          ['two.ndjson', genuine],
        ]),
      },
    ),
  ];
}

function writersMistakes(): VectorCase[] {
  const one = (write: (stream: StreamBuilder) => void): TestWriter => {
    const writer = newWriter();
    write(writer.start());
    return writer.close();
  };
  const counted = one((stream) => writeOne(stream, 'a').gap({ count: 2 }).seal({ refusedTotal: 1 }));
  const silent = one((stream) => {
    writeOne(stream, 'a').seal();
    stream.clock.advance(90_001);
    stream.seal();
  });
  const setBack = one((stream) => {
    writeOne(stream, 'a').seal();
    stream.clock.setWallBy(-60_000);
    stream.clock.advance(1_000);
    stream.seal();
  });
  const newer = new StreamBuilder({ label: 'vectors, newer', identity: BANK, formatVersion: '2' });
  writeOne(newer.open(), 'a').close();
  const id = (writer: TestWriter): string => streamOf(writer).streamId;
  return [
    make('count-mismatch', 'A seal that declares fewer losses than the gap before it.', counted, [
      t('COUNT_MISMATCH', id(counted), 4),
      info('DECLARED_LOSS', id(counted), 3),
    ]),
    make('heartbeat-gap', 'Two seals 90.001 seconds apart.', silent, [incomplete('HEARTBEAT_GAP', id(silent), 4)]),
    make('clock-rollback', 'The wall clock set back by a minute between two seals.', setBack, [
      info('CLOCK_ROLLBACK', id(setBack), 4),
    ]),
    make('format-newer', 'A genuine stream of format version 2.', counted, [unproved('FORMAT_NEWER', newer.streamId)], {
      files: new Map([[`${newer.streamId}.ndjson`, newer.bytes()]]),
    }),
  ];
}

/** All vectors, in the order of their list. Expectations follow from docs/spec/verification.md. */
export function vectorCases(): readonly VectorCase[] {
  return [
    ...genuineStreams(),
    ...editedStreams(),
    ...movedLines(),
    ...forgedNotes(),
    ...cutStreams(),
    ...strangersKeys(),
    ...twoHistories(),
    ...writersMistakes(),
  ];
}
