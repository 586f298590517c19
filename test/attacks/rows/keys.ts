// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { formatNote, noteLine, type SignatureLine } from '@stepseal/core/format';
import {
  type NoteLine,
  noteAt,
  noteIndex,
  relink,
  replaceAt,
  resign,
  type SegmentLine,
  StreamBuilder,
  setAttributes,
  type TestKey,
  TestWriter,
  testKey,
  writeOne,
} from '@stepseal/testkit';
import {
  ALL,
  type Base,
  type BaseName,
  ENDED,
  headsText,
  later,
  pathOf,
  trustText,
  withLines,
  writeBody,
  writeShort,
} from '../bases.ts';
import { type Attacked, on, own, type Row, type Variant } from '../variant.ts';
import { COLLIDING_LABELS } from './colliding-keys.ts';

const ATTACKER = testKey('demo.bank', 'attacker');

/** Everything from record 13 on written again by somebody who holds the stream key. */
function rewriteSuffix({ lines, stream }: Base, keep: (line: SegmentLine) => boolean = () => true): SegmentLine[] {
  const edited = relink(setAttributes(lines, 13, { 'step_up.id': 'forged' }), 14).filter(keep);
  return resign(edited, {
    deployment: stream.deployment,
    streamId: stream.streamId,
    keys: (size) => (size > 12 ? [stream.streamKey] : undefined),
  });
}

const upTo17 = (line: SegmentLine): boolean =>
  line.kind === 'record' ? line.number <= 17 : line.kind !== 'note' || line.size <= 17;

const rewritten = (
  bases: readonly BaseName[],
  more: (base: Base) => Attacked,
  keep?: (line: SegmentLine) => boolean,
): Variant => on(bases, (base) => ({ lines: rewriteSuffix(base, keep), ...more(base) }));

const knows =
  (size: number) =>
  ({ stream, name }: Base): Attacked => ({
    knownHeads: headsText([{ stream, size, closed: size === 19 && name === 'closed' }]),
  });

/** Row 27. */
export const stolenStreamKey: Row = {
  'suffix rewritten, known head of the same size': rewritten(['closed'], knows(19)),
  'suffix rewritten, known head in the middle of it': rewritten(['closed', 'crashed', 'live'], knows(17)),
  'suffix rewritten and shorter than known': rewritten(['closed'], knows(19), upTo17),
  'suffix rewritten, genuine copy in another source': on(['closed', 'crashed'], (base) => {
    const whole = base.control.sources[0] ?? new Map();
    return { sources: [whole, withLines(whole, base.path, rewriteSuffix(base))] };
  }),
  'suffix rewritten, the successor pins the genuine end': rewritten(['adopted', 'rolled'], () => ({})),
  'suffix rewritten before anybody looked': rewritten(['closed'], () => ({})),
  'known head older than the rewritten suffix': rewritten(['closed'], knows(12)),
  'key of one stream used for the next': on(['rolled'], (base) => forgedNext(base, base.stream.streamKey)),
};

/** The stream that the target's close record names, written anew under another key than the one named there. */
function forgedNext(base: Base, key: TestKey): Attacked {
  const genuine = base.writer.streams.at(-1)?.stream as StreamBuilder;
  const forged = new StreamBuilder({
    label: 'forged next',
    streamId: genuine.streamId,
    streamKey: key,
    clock: base.stream.clock,
    predecessor: {
      cause: 'roll',
      streamId: base.stream.streamId,
      number: base.stream.number,
      hash: base.stream.lastHash,
    },
  });
  writeOne(forged.open(), 'forged').close();
  const files = new Map(base.control.sources[0]);
  files.set(pathOf(base, 'next'), forged.bytes());
  return { files };
}

/** Row 29. */
export const unauthorisedKeys: Row = {
  'stream named by a close record, under the attacker\u2019s key': on(['rolled'], (base) => forgedNext(base, ATTACKER)),
  'predecessor named by an open record, under the attacker\u2019s identity': on(['adopted'], (base) => {
    const forged = new StreamBuilder({
      label: 'forged predecessor',
      streamId: base.stream.streamId,
      identity: ATTACKER,
    });
    writeOne(forged.open(), 'forged').seal();
    return { files: new Map([...(base.control.sources[0] ?? []), [base.path, forged.bytes()]]) };
  }),
};

/** A roll after `records` records, with or without a seal before it. */
function rollAt(records: number, seal: boolean): TestWriter {
  const writer = new TestWriter({ label: `attack/roll ${records} ${seal}` });
  let stream = writer.start();
  for (let roll = 0; roll < 3; roll++) {
    for (let id = 0; id < records; id++) {
      writeOne(stream, `${roll}.${id}`);
    }
    if (seal) {
      stream.seal();
    }
    stream = writer.roll();
  }
  return writer.close();
}

function rotated(end: 'close' | 'crash'): Variant {
  return own(() => {
    const writer = new TestWriter({ label: `attack/rotated ${end}` });
    const old = writer.identity;
    writeOne(writer.start(), '1');
    writeOne(writer.roll(), '2').seal();
    if (end === 'close') {
      writer.close();
    } else {
      writer.crash({ torn: Buffer.from('{"attributes":{"audit.rec') });
    }
    writer.clock.advance(2_000);
    writer.identity = testKey('demo.bank', 'identity of next year');
    writeOne(writer.start(), '3');
    writeOne(writer.roll(), '4');
    writer.close();
    const files = { sources: [writer.files()], trust: trustText(old, writer.identity), now: later(writer) };
    const streams = { target: writer.streams[0]?.stream.streamId ?? '' };
    return { control: files, attacked: files, streams };
  });
}

/** Row 30. */
export const rolls: Row = {
  ...Object.fromEntries(
    [0, 1, 2, 3, 7].flatMap((records) =>
      [false, true].map((seal): [string, Variant] => [
        `after ${records} records, ${seal ? 'sealed' : 'not yet sealed'}`,
        own(() => {
          const writer = rollAt(records, seal);
          const files = { sources: [writer.files()], trust: trustText(writer.identity), now: later(writer) };
          return { control: files, attacked: files, streams: { target: writer.streams[0]?.stream.streamId ?? '' } };
        }),
      ]),
    ),
  ),
  'identity rotated after a normal end': rotated('close'),
  'identity rotated after a crash': rotated('crash'),
};

function withSignatures(
  note: NoteLine,
  change: (text: string, lines: readonly SignatureLine[]) => readonly SignatureLine[],
): NoteLine {
  const split = note.note.lastIndexOf('\n\n');
  const text = note.note.slice(0, split + 1);
  const lines = note.note
    .slice(split + 2)
    .trimEnd()
    .split('\n')
    .map((line): SignatureLine => {
      const [, name = '', encoded = ''] = line.split(' ');
      const bytes = Buffer.from(encoded, 'base64');
      return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
    });
  const changed = formatNote(text, change(text, lines));
  return { ...note, note: changed, text: noteLine(changed) };
}

type Resigned = (text: string, lines: readonly SignatureLine[], base: Base) => readonly SignatureLine[];

const noteSigned = (size: number, change: Resigned, bases: readonly BaseName[] = size === 19 ? ENDED : ALL): Variant =>
  on(bases, (base) =>
    replaceAt(
      base.lines,
      noteIndex(base.lines, size),
      withSignatures(noteAt(base.lines, size), (text, lines) => change(text, lines, base)),
    ),
  );

/** The last signature line, that of the stream key, with other bytes. */
const otherBytes =
  (bytes: (text: string, key: TestKey) => Uint8Array): Resigned =>
  (text, lines, { stream }) => [
    ...lines.slice(0, -1),
    { name: stream.deployment, keyId: stream.streamKey.keyId, signature: bytes(text, stream.streamKey) },
  ];

const hmac = (hash: string): Resigned =>
  otherBytes((text, key) => createHmac(hash, key.publicKey).update(text).digest());

const ecdsa: Resigned = otherBytes((text) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return createSign('sha256').update(text).sign(privateKey);
});

/** C2SP tlog-cosignature: a time, then a signature over another message by the right key. */
const cosignature: Resigned = otherBytes((text, key) => {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_793_610_000n);
  return Buffer.concat([time, key.sign(`cosignature/v1\ntime 1793610000\n${text}`)]);
});

/** Row 31. */
export const otherAlgorithms: Row = {
  'HMAC-SHA256 with the public key, note 11': noteSigned(11, hmac('sha256')),
  'HMAC-SHA512 with the public key, note 11': noteSigned(11, hmac('sha512')),
  'HMAC-SHA512 with the public key, open note': noteSigned(1, hmac('sha512')),
  'HMAC-SHA512 with the public key, closing note': noteSigned(19, hmac('sha512')),
  'none: 64 zero bytes, note 6': noteSigned(
    6,
    otherBytes(() => Buffer.alloc(64)),
  ),
  'none: one byte, note 6': noteSigned(
    6,
    otherBytes(() => Buffer.alloc(1)),
  ),
  'ECDSA, note 12': noteSigned(12, ecdsa),
  'timestamped cosignature by the right key, note 11': noteSigned(11, cosignature),
  'signature over another message by the right key, note 11': noteSigned(
    11,
    otherBytes((text, key) => key.sign(`${text}\n`)),
  ),
};

const broken = (line: SignatureLine | undefined): SignatureLine => {
  const signature = Buffer.from(line?.signature ?? []);
  signature[10] = (signature[10] ?? 0) ^ 1;
  return { name: line?.name ?? '', keyId: line?.keyId ?? 0, signature };
};

/** Row 32. */
export const mixedSignatures: Row = {
  'broken one of the stream key, valid one of a stranger': noteSigned(11, (text, lines) => [
    broken(lines[0]),
    ATTACKER.line(text),
  ]),
  'valid one of a stranger first': noteSigned(11, (text, lines) => [ATTACKER.line(text), broken(lines[0])]),
  'a stranger\u2019s beside the valid one': noteSigned(11, (text, lines) => [...lines, ATTACKER.line(text)]),
  'the valid one twice': noteSigned(11, (_, lines) => [...lines, ...lines]),
  'only a stranger\u2019s': noteSigned(11, (text) => [ATTACKER.line(text)]),
  'open note: identity broken, stream valid': noteSigned(
    1,
    (_, lines) => [broken(lines[0]), lines[1] as SignatureLine],
    ['closed', 'crashed', 'live', 'adopted'],
  ),
  'open note: identity valid, stream broken': noteSigned(
    1,
    (_, lines) => [lines[0] as SignatureLine, broken(lines[1])],
    ['closed', 'crashed', 'live', 'adopted'],
  ),
  'open note: identity left out': noteSigned(1, (_, lines) => [lines[1] as SignatureLine], [
    'closed',
    'crashed',
    'live',
    'adopted',
  ]),
  'open note: stream left out': noteSigned(1, (_, lines) => [lines[0] as SignatureLine], [
    'closed',
    'crashed',
    'live',
    'adopted',
  ]),
  'open note of a rolled stream: a stranger added': noteSigned(1, (text, lines) => [ATTACKER.line(text), ...lines], [
    'rolled',
  ]),
};

const named =
  (name: string): Resigned =>
  (text, lines, { stream }) => [
    ...lines.slice(0, -1),
    { name, keyId: stream.streamKey.keyId, signature: stream.streamKey.sign(text) },
  ];

/** A whole stream of another deployment or another key, alone, under a policy that trusts only the genuine one. */
function strange(options: {
  readonly deployment?: string;
  readonly identity: TestKey;
  readonly claimedDeployment?: string;
  readonly beside?: boolean;
  readonly identityClaim?: string;
  readonly trusted?: readonly TestKey[];
}): Variant {
  return own(() => {
    const genuine = new TestWriter({ label: 'attack/genuine' });
    writeShort(genuine);
    const forged = new StreamBuilder({
      label: 'attack/strange',
      identity: options.identity,
      ...(options.deployment === undefined ? {} : { deployment: options.deployment }),
      ...(options.claimedDeployment === undefined ? {} : { claimedDeployment: options.claimedDeployment }),
    });
    writeBody(forged.open()).close();
    const control = {
      sources: [genuine.files()],
      trust: trustText(...(options.trusted ?? [genuine.identity])),
      now: later(genuine),
    };
    const files = new Map([[`writers/0000000000000000/${forged.streamId}.ndjson`, forged.bytes()]]);
    return {
      control: { ...control, trust: trustText(genuine.identity) },
      attacked: { ...control, sources: [options.beside === true ? new Map([...genuine.files(), ...files]) : files] },
      streams: { target: forged.streamId },
    };
  });
}

/** Row 33. */
export const keyConfusion: Row = {
  'a part of the name': noteSigned(11, named('demo.ban')),
  'a longer name': noteSigned(11, named('demo.bank.example')),
  'a look-alike name': noteSigned(11, named('demo.b\u0430nk')),
  'name in capitals': noteSigned(11, named('DEMO.BANK')),
  'another key with the same name and key id': own(collidingNote),
  'whole stream under an identity with the trusted key id': own(collidingIdentity),
  'whole stream of a look-alike deployment': strange({
    deployment: 'demo.bank1',
    identity: testKey('demo.bank1', 'identity/demo.bank'),
  }),
  'whole stream of a deployment that is part of the name': strange({
    deployment: 'demo',
    identity: testKey('demo', 'identity/demo.bank'),
  }),
};

/** Two keys whose 32-bit ids are equal: the id is a hint, and only the key itself proves anything. */
function collidingNote() {
  const [genuine, attacker] = COLLIDING_LABELS.map((label) => testKey('demo.bank', label)) as [TestKey, TestKey];
  const identity = testKey('demo.bank', 'identity/demo.bank');
  const stream = new StreamBuilder({ label: 'attack/colliding', identity, streamKey: genuine });
  writeBody(stream.open()).close();
  const files = (lines: readonly SegmentLine[]) =>
    withLines(new Map(), `writers/0000000000000000/${stream.streamId}.ndjson`, lines);
  const common = { trust: trustText(identity), now: stream.clock.wallMs + 600_000 };
  const forged = replaceAt(stream.lines, noteIndex(stream.lines, 11), stream.noteFor(11, [attacker]));
  return {
    control: { ...common, sources: [files(stream.lines)] },
    attacked: { ...common, sources: [files(forged)] },
    streams: { target: stream.streamId },
  };
}

function collidingIdentity() {
  const [genuine, attacker] = COLLIDING_LABELS.map((label) => testKey('demo.bank', label)) as [TestKey, TestKey];
  const write = (identity: TestKey): TestWriter => {
    const writer = new TestWriter({ label: 'attack/colliding identity', identity });
    writeShort(writer);
    return writer;
  };
  const [honest, forged] = [write(genuine), write(attacker)];
  const common = { trust: trustText(genuine), now: later(honest) };
  return {
    control: { ...common, sources: [honest.files()] },
    attacked: { ...common, sources: [forged.files()] },
    streams: { target: forged.streams[0]?.stream.streamId ?? '' },
  };
}

/** Row 67. */
export const ownKeys: Row = {
  alone: strange({ identity: ATTACKER }),
  'beside a genuine stream': strange({ identity: ATTACKER, beside: true }),
  'with no identity at all': own(() => {
    const genuine = new TestWriter({ label: 'attack/genuine' });
    writeShort(genuine);
    const forged = new StreamBuilder({ label: 'attack/no identity' });
    writeBody(forged.open()).close();
    const control = { sources: [genuine.files()], trust: trustText(genuine.identity), now: later(genuine) };
    return {
      control,
      attacked: { ...control, sources: [new Map([['writers/00/forged.ndjson', forged.bytes()]])] },
      streams: { target: forged.streamId },
    };
  }),
};

const SHOP = testKey('demo.shop', 'identity/demo.bank');
const BANK = testKey('demo.bank', 'identity/demo.bank');

/** Row 68: the same key pair serves two deployments, and only one is trusted. */
export const otherDeployments: Row = {
  'genuine stream of the other deployment': strange({ deployment: 'demo.shop', identity: SHOP }),
  'open record claims the trusted deployment, notes say the other': strange({
    deployment: 'demo.shop',
    identity: SHOP,
    claimedDeployment: 'demo.bank',
  }),
  'open record says the other deployment, notes claim the trusted one': strange({
    identity: BANK,
    claimedDeployment: 'demo.shop',
  }),
  'beside a genuine stream': strange({ deployment: 'demo.shop', identity: SHOP, beside: true }),
};
