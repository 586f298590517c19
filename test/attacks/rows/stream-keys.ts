// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  relink,
  resign,
  type SegmentLine,
  StreamBuilder,
  setAttributes,
  type TestKey,
  TestWriter,
  testKey,
  writeOne,
} from '@stepseal/testkit';
import { type Base, type BaseName, headsText, later, pathOf, trustText, withLines } from '../bases.ts';
import { type Attacked, on, own, type Row, type Variant } from '../variant.ts';
import { ATTACKER } from './signed-notes.ts';

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
  'key of one stream used for the next': on(['rolled', 'handed'], (base) => forgedNext(base, base.stream.streamKey)),
  'rolls on into a stream of the thief': rollsOn(true),
  'rolls on into a stream of the thief, first software': rollsOn(false),
  'rolls on into a stream that claims the identity': rollsOn(true, (writer) => writer.identity),
  'rolls on into a stream under an identity of the thief': rollsOn(true, () => ATTACKER),
};

/** The holder of the live stream's key closes it and names a stream of his own as the next one. */
function rollsOn(identityAlways: boolean, claimed?: (writer: TestWriter) => TestKey): Variant {
  return own(() => {
    const make = (): TestWriter => {
      const writer = new TestWriter({ label: 'attack/rolls on', identityAlways });
      writeOne(writer.start(), '1').seal();
      writeOne(writer.roll(), '2').seal();
      return writer;
    };
    const genuine = make();
    const common = { trust: trustText(genuine.identity), now: later(genuine) };
    const control = { ...common, sources: [genuine.close().files()] };
    const stolen = make();
    const target = stolen.current;
    const identity = claimed?.(stolen);
    const thief = { label: 'thief', streamKey: ATTACKER, clock: stolen.clock, ...(identity && { identity }) };
    const { streamId } = new StreamBuilder(thief);
    target.close({ next: new StreamBuilder(thief) });
    const predecessor = {
      cause: 'roll',
      streamId: target.streamId,
      number: target.number,
      hash: target.lastHash,
    } as const;
    const next = new StreamBuilder({ ...thief, streamId, predecessor }).open(false);
    // Whatever identity is claimed, this is the only key he has.
    next.lines.push(next.noteFor(1, identity === undefined ? [ATTACKER] : [ATTACKER, ATTACKER]));
    writeOne(next, 'forged').close();
    const files = stolen.files().set(`${streamId}.ndjson`, next.bytes());
    return { control, attacked: { ...common, sources: [files] }, streams: { target: target.streamId, next: streamId } };
  });
}

/** The stream that the target's close record names, written anew under another key than the one named there. */
function forgedNext(base: Base, key: TestKey, identity?: TestKey): Attacked {
  const genuine = base.writer.streams.at(-1)?.stream as StreamBuilder;
  const forged = new StreamBuilder({
    label: 'forged next',
    streamId: genuine.streamId,
    streamKey: key,
    ...(identity === undefined ? {} : { identity }),
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
  'stream named by a close record, under the attacker\u2019s key': on(['rolled', 'handed'], (base) =>
    forgedNext(base, ATTACKER),
  ),
  'stream named by a close record, under the genuine identity and another key': on(['rolled', 'handed'], (base) =>
    forgedNext(base, ATTACKER, base.writer.identity),
  ),
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
