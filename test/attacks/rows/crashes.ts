// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  adoption,
  cutAfterNote,
  type RecordLine,
  recordAt,
  recordIndex,
  relink,
  type SegmentLine,
  type StreamBuilder,
  segmentBytes,
  setAttributes,
  TestWriter,
  writeOne,
} from '@stepseal/testkit';
import { headsText, later, makeBase, trustText, withLines, writeBody, writeShort } from '../bases.ts';
import { V } from '../expect.ts';
import { on, own, type Row, type Variant } from '../variant.ts';

/** The running stream ends as `crash` says: as it is left, and after a new process has adopted it five seconds later. */
function crash(label: string, end: (writer: TestWriter, stream: StreamBuilder) => void, adopted: boolean): Variant {
  return own(() => {
    const start = (): [TestWriter, StreamBuilder] => {
      const writer = new TestWriter({ label: `attack/${label}` });
      return [writer, writeBody(writer.start())];
    };
    const [whole] = start();
    whole.close();
    const [writer, stream] = start();
    end(writer, stream);
    writer.clock.advance(5_000);
    if (adopted) {
      writeShort(writer);
    }
    const trust = trustText(writer.identity);
    return {
      control: { sources: [whole.files()], trust, now: later(whole) },
      controlExpected: V(),
      attacked: { sources: [writer.files()], trust, now: writer.clock.wallMs + (adopted ? 0 : 595_000) },
      streams: { target: stream.streamId, ...(adopted ? { next: writer.streams.at(-1)?.stream.streamId ?? '' } : {}) },
    };
  });
}

const torn = (text: string): Buffer => Buffer.from(text);

const ends: Readonly<Record<string, (writer: TestWriter, stream: StreamBuilder) => void>> = {
  'killed behind its last note': (writer) => {
    writer.crash({ keepLines: writer.current.lines.length - 1 });
  },
  'killed with records under no note': (writer, stream) => {
    writeOne(stream, '1006');
    writer.crash();
  },
  'killed between a sealing record and its note': (writer, stream) => {
    stream.seal({ note: false });
    writer.crash();
  },
  'killed between the close record and its note': (writer, stream) => {
    stream.close({ note: false });
    writer.crash();
  },
  'power cut in a record': (writer) => {
    writer.crash({ torn: torn('{"attributes":{"audit.record.id":{"stringValue":"01a1') });
  },
  'power cut in a note': (writer, stream) => {
    stream.seal({ note: false });
    writer.crash({ torn: torn(stream.noteFor(19).text.slice(0, 120)) });
  },
  'power cut one byte before the end of a note': (writer, stream) => {
    stream.seal({ note: false });
    writer.crash({ torn: torn(stream.noteFor(19).text) });
  },
  'power cut in the closing note': (writer, stream) => {
    stream.close({ note: false });
    writer.crash({ torn: torn(stream.noteFor(19).text.slice(0, 60)) });
  },
  'hole of zeros at the end': (writer) => {
    writer.crash({ torn: Buffer.alloc(4096) });
  },
  'hole of zeros and a whole record behind it': (writer, stream) => {
    const kept = stream.lines.length;
    writeOne(stream, '1006');
    const behind = segmentBytes(stream.lines.slice(kept));
    writer.crash({ keepLines: kept, torn: Buffer.concat([Buffer.alloc(512), behind]) });
  },
  'hole of zeros in the closing note': (writer, stream) => {
    stream.close({ note: false });
    writer.crash({ torn: Buffer.concat([torn(stream.noteFor(19).text.slice(0, 60)), Buffer.alloc(200)]) });
  },
};

const afterCrash: Row = Object.fromEntries(
  Object.entries(ends).flatMap(([name, end]): [string, Variant][] => [
    [`${name}, alone`, crash(`crash ${name}`, end, false)],
    [`${name}, adopted`, crash(`crash ${name}`, end, true)],
  ]),
);

/** A process that dies before its open note, and the one that finds what it left. */
const beforeOpenNote = (adopted: boolean): Variant =>
  own(() => {
    const whole = new TestWriter({ label: 'attack/no open note' });
    writeShort(whole);
    const writer = new TestWriter({ label: 'attack/no open note' });
    const stream = writer.startWithoutNote();
    writeOne(stream, '1');
    writer.crash({ torn: torn('{"not') });
    writer.clock.advance(1_000);
    if (adopted) {
      writeShort(writer);
    }
    const trust = trustText(writer.identity);
    return {
      control: { sources: [whole.files()], trust, now: later(whole) },
      attacked: { sources: [writer.files()], trust, now: later(writer) },
      streams: { target: stream.streamId },
    };
  });

/** Row 49. */
export const crashes: Row = {
  ...afterCrash,
  'killed before the open note, alone': beforeOpenNote(false),
  'killed before the open note, adopted': beforeOpenNote(true),
  'killed three times in a row, each adopted': own(() => {
    const writer = new TestWriter({ label: 'attack/thrice' });
    for (let life = 0; life < 3; life++) {
      const stream = writer.start();
      writeOne(stream, `${life}.1`).seal();
      writeOne(stream, `${life}.2`);
      writer.crash({ torn: torn('{"attr') });
      writer.clock.advance(2_000);
    }
    writeShort(writer);
    const files = { sources: [writer.files()], trust: trustText(writer.identity), now: later(writer) };
    return {
      control: files,
      controlExpected: V('ADOPTED', 'ADOPTED', 'ADOPTED'),
      attacked: files,
      streams: { target: writer.streams[0]?.stream.streamId ?? '' },
    };
  }),
  'killed between the close of a roll and the next open record': own(() => {
    const writer = new TestWriter({ label: 'attack/half roll' });
    const stream = writeOne(writer.start(), '1');
    writer.roll();
    const files = new Map([...writer.files()].slice(0, 1));
    const common = { trust: trustText(writer.identity), now: later(writer) };
    const whole = new TestWriter({ label: 'attack/half roll' });
    writeOne(whole.start(), '1');
    whole.roll();
    whole.close();
    return {
      control: { ...common, sources: [whole.files()] },
      attacked: { ...common, sources: [files] },
      streams: { target: stream.streamId },
    };
  }),
};

/** What a new process writes when it finds the crashed stream as `found`. */
function restartedOver(found: (lines: readonly SegmentLine[]) => SegmentLine[]) {
  const base = makeBase('crashed');
  const lines = found(base.lines);
  const writer = new TestWriter({ label: 'attack/restart', clock: base.writer.clock });
  writer.clock.advance(5_000);
  const next = writer.startAfter(adoption(base.stream.streamId, lines, new Uint8Array()));
  const openedAt = writer.clock.wallMs;
  writeOne(next, '2001');
  writer.close();
  const files = new Map([...withLines(base.control.sources[0] ?? new Map(), base.path, lines), ...writer.files()]);
  return { base, files, openedAt, streams: { target: base.stream.streamId, next: next.streamId }, now: later(writer) };
}

const cutAndRestarted = (size: number, proof: 'known heads' | 'another source' | 'nothing'): Variant =>
  own(() => {
    const { base, files, streams, now } = restartedOver((lines) => cutAfterNote(lines, size));
    const heads = headsText([{ stream: base.stream, size: 17, closed: false }]);
    const genuine = base.control.sources[0] ?? new Map();
    return {
      control: base.control,
      controlExpected: base.expected,
      attacked: {
        ...base.control,
        now,
        sources: proof === 'another source' ? [files, genuine] : [files],
        ...(proof === 'known heads' ? { knownHeads: heads } : {}),
      },
      streams,
    };
  });

/** Row 63. */
export const cutBeforeRestart: Row = {
  'at note 12, known heads': cutAndRestarted(12, 'known heads'),
  'at note 1, known heads': cutAndRestarted(1, 'known heads'),
  'at note 12, another source': cutAndRestarted(12, 'another source'),
  'at note 12, nothing else kept': cutAndRestarted(12, 'nothing'),
  'at the newest note, known heads': cutAndRestarted(17, 'known heads'),
};

const rewrittenTail = (change: (lines: readonly SegmentLine[]) => SegmentLine[]): Variant =>
  own(() => {
    const { base, files, streams, now } = restartedOver(change);
    return {
      control: base.control,
      controlExpected: base.expected,
      attacked: { ...base.control, now, sources: [files] },
      streams,
    };
  });

const forgedTail = (lines: readonly SegmentLine[]): SegmentLine[] =>
  relink(setAttributes(lines, 18, { 'step_up.id': 'rewritten' }), 19);

/** Row 65: a limit, and it is said. The tail was under no note and had left for nowhere. */
export const rewrittenTails: Row = {
  'one record edited and linked again': rewrittenTail(forgedTail),
  'both records dropped': rewrittenTail((lines) => lines.slice(0, recordIndex(lines, 18))),
  'a record added': rewrittenTail((lines) => {
    const last = recordAt(lines, 19);
    const added: RecordLine = { ...last, number: 20 };
    return relink([...lines, added], 20);
  }),
  'rewritten, no successor yet': on(['crashed'], ({ lines }) => forgedTail(lines)),
  'edited without linking, no successor yet': on(['crashed'], ({ lines }) =>
    setAttributes(lines, 18, { 'step_up.id': 'edited' }),
  ),
  'rewritten after the successor had pinned it': on(['adopted'], ({ lines }) => forgedTail(lines)),
  'one record edited in place after the successor had pinned it': on(['adopted'], ({ lines }) =>
    setAttributes(lines, 18, { 'step_up.id': '1007' }),
  ),
};
