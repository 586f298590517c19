// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  insertAt,
  lineHash,
  type RecordLine,
  rawLine,
  recordIndex,
  type SegmentLine,
  StreamBuilder,
  segmentBytes,
  signedNoteLine,
  TestWriter,
  testKey,
  writeOne,
} from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { findPath, indexLinks } from '../src/branch.ts';
import { MAX_OF_A_CODE } from '../src/finding-log.ts';
import { displaced } from '../src/order.ts';
import { readRegion } from '../src/region.ts';
import type { Segment } from '../src/sources/source.ts';
import { StreamState } from '../src/stream-state.ts';
import { adoptedWriter, closedWriter, file, later, said, verifyFiles } from './support.ts';

const BIGGEST = Number.MAX_SAFE_INTEGER;

function segmentOf(bytes: Uint8Array): Segment {
  return {
    name: 'memory',
    open: () => ({
      read: (target, at, position) => {
        const part = bytes.subarray(position, position + target.length - at);
        target.set(part, at);
        return part.length;
      },
      close() {},
    }),
  };
}

/** A file of `size` bytes that is made while it is read, so that only the verifier's own memory counts. */
function endless(size: number, unit: string): Segment {
  const block = Buffer.from(unit.repeat(Math.ceil((1 << 16) / unit.length)));
  return {
    name: 'endless.ndjson',
    open: () => ({
      read(target, at, position) {
        const length = Math.min(target.length - at, Math.max(0, size - position));
        for (let done = 0; done < length; ) {
          const from = (position + done) % block.length;
          const part = block.subarray(from, Math.min(block.length, from + length - done));
          target.set(part, at + done);
          done += part.length;
        }
        return length;
      },
      close() {},
    }),
  };
}

describe('numbers that an attacker chose', () => {
  test('a note over the largest number of records, under keys of his own', async () => {
    const writer = closedWriter('hostile/own');
    const own = new StreamBuilder({ label: 'hostile/forged', identity: testKey(writer.deployment, 'stranger') });
    writeOne(own.open(), '1');
    const huge = signedNoteLine(own.deployment, own.streamId, BIGGEST, own.rootAt(1), [own.streamKey]);
    const report = await verifyFiles(new Map([...writer.files(), ...file('x.ndjson', [...own.lines, huge])]), writer);
    expect(report.exitCode).toBe(3);
  });

  test('records of another stream with the largest number behind an open tail', async () => {
    const writer = new TestWriter({ label: 'hostile/live' });
    const live = writeOne(writer.start(), '1').seal();
    const other = new StreamBuilder({ label: 'hostile/other' }).open();
    const record = { kind: 'record' as const, number: BIGGEST, text: live.payloadText('x', {}, { number: BIGGEST }) };
    const lines = [...live.lines, other.noteFor(1), other.noteFor(1), record];
    const report = await verifyFiles(file('x.ndjson', lines), writer);
    expect(report.exitCode).toBeGreaterThan(0);
  });

  test('a pin of the largest number in an adopted stream', async () => {
    const writer = new TestWriter({ label: 'hostile/pin' });
    const first = writeOne(writer.start(), '1').seal();
    writer.crash();
    writer.startAfter({ cause: 'crash', streamId: first.streamId, number: BIGGEST, hash: first.lastHash });
    writer.close();
    expect((await verifyFiles(writer.files(), writer)).grade).toBe('TAMPERED');
  });

  test('a time that no calendar holds', async () => {
    const writer = closedWriter('hostile/time');
    const own = new StreamBuilder({ label: 'hostile/time', identity: testKey(writer.deployment, 'stranger') });
    own.open().record('x', {}, { timestamp: (1n << 64n) - 1n });
    own.seal({ wallMs: BIGGEST, monotonicMs: BIGGEST }).close({ wallMs: -BIGGEST, monotonicMs: -BIGGEST });
    const report = await verifyFiles(new Map([...writer.files(), ['x.ndjson', own.bytes()]]), writer);
    expect(report.exitCode).toBe(3);
    expect(report.uncoveredMs).toBe(0);
    for (const { lastNote } of report.streams) expect(Number.isFinite(lastNote?.timeMs ?? 0)).toBe(true);
  });
});

describe('work that grows with the file and no faster', () => {
  test('records in reverse order, more than fit into the arguments of one call', () => {
    const backwards = Array.from({ length: 1 << 19 }, (_, at) => (1 << 19) - at);
    expect(displaced(backwards)).toEqual([1, 1 << 19]);
  });

  test('one note copied more often than fits into the arguments of one call', async () => {
    const writer = closedWriter('hostile/copies of a note');
    const stream = writer.streams[0]?.stream as StreamBuilder;
    const note = stream.lines[1] as SegmentLine;
    const copies = new Array<SegmentLine>(20_000).fill(note);
    const report = await verifyFiles(file('x.ndjson', insertAt(stream.lines, 4, ...copies)), writer);
    expect(said(report)).toContain('tampered INSERTED');
    expect(report.findings.filter(({ code }) => code === 'INSERTED')).toHaveLength(MAX_OF_A_CODE);
    expect(report.findings.find(({ evidence }) => evidence.includes('more of this kind'))?.evidence).toContain(
      ` ${20_000 - MAX_OF_A_CODE} more of this kind`,
    );
  });

  test('a fork at every record is searched once, not once for every way through it', () => {
    const stream = new StreamBuilder({ label: 'hostile/forks' }).open(false);
    const forged: RecordLine[] = [];
    for (let number = 0; number < 3_000; number++) {
      const text = stream.payloadText('x', { fork: number });
      forged.push({ kind: 'record', number: stream.number + 1, text });
      stream.record('x');
    }
    // Fakes first, and every line twice: two to the power of 3000 ways, were copies told apart.
    const lines = [...forged, ...stream.lines];
    const { items } = readRegion(segmentOf(segmentBytes([...lines, ...lines])), 0);
    const links = indexLinks(items);
    let appended = 0;
    const state = new StreamState();
    count(state.tree, () => appended++);
    const last = stream.lines.at(-1) as RecordLine;
    const path = findPath(state, links, stream.number, { hash: lineHash(last) });
    expect(path).toHaveLength(stream.number);
    expect(appended).toBeLessThanOrEqual(lines.length);
    appended = 0;
    expect(findPath(state, links, stream.number, { root: 'none has this' })).toBeUndefined();
    expect(appended).toBeLessThanOrEqual(lines.length);
  });

  test('twenty thousand candidates for one number', async () => {
    const writer = closedWriter('hostile/candidates');
    const stream = writer.streams[0]?.stream as StreamBuilder;
    const at = recordIndex(stream.lines, 3);
    const { text } = stream.lines[at] as RecordLine;
    const fakes: SegmentLine[] = [];
    for (let fake = 0; fake < 20_000; fake++)
      fakes.push({ kind: 'record', number: 3, text: text.replace(/"step_up.challenged"/, `"x${fake}"`) });
    const report = await verifyFiles(file('x.ndjson', insertAt(stream.lines, at, ...fakes)), writer);
    expect(said(report)).toContain('tampered INSERTED');
    expect(report.findings).toHaveLength(MAX_OF_A_CODE);
    expect(report.streams[0]).toMatchObject({ state: 'closed', records: stream.number });
  });

  test('bad lines between records, the number of the record before each found without looking back', async () => {
    const writer = closedWriter('hostile/bad lines');
    const stream = writer.streams[0]?.stream as StreamBuilder;
    const junk = new Array<SegmentLine>(100_000).fill(rawLine('x\n'));
    const report = await verifyFiles(file('x.ndjson', insertAt(stream.lines, 4, ...junk)), writer);
    expect(said(report)[0]).toBe('tampered MALFORMED');
    expect(report.findings).toHaveLength(MAX_OF_A_CODE);
  });

  test('gap records without end, under keys of his own', async () => {
    const writer = closedWriter('hostile/gaps');
    const own = new StreamBuilder({ label: 'hostile/gaps', identity: testKey(writer.deployment, 'stranger') }).open();
    for (let gap = 0; gap < 5_000; gap++) own.gap({ count: 1 });
    own.close({ refusedTotal: 1 });
    const report = await verifyFiles(new Map([...writer.files(), ['x.ndjson', own.bytes()]]), writer);
    expect(said(report)).toContain('cannot_verify COUNT_MISMATCH');
    expect(report.findings.length).toBeLessThan(2 * MAX_OF_A_CODE);
    expect(report.declaredLosses).toBe(0);
  });

  test('short copies of a long stream: the long one is read twice, not once for each', async () => {
    const writer = closedWriter('hostile/short copies');
    const stream = writer.streams[0]?.stream as StreamBuilder;
    let opened = 0;
    const long = { ...segmentOf(stream.bytes()), name: 'long' };
    const counted: Segment = { name: 'long', open: () => (opened++, long.open()) };
    const short = segmentOf(segmentBytes(stream.lines.slice(0, 2)));
    const copies = Array.from({ length: 50 }, (_, index) => ({ ...short, name: `short ${index}` }));
    const { verify } = await import('../src/verify.ts');
    const { policyOf } = await import('./support.ts');
    const source = { description: '', complete: true, segments: () => Promise.resolve([counted, ...copies]) };
    const report = await verify({ sources: [source], trust: policyOf(writer.identity), now: later(writer) });
    expect(report.findings.filter(({ code }) => code === 'TRUNCATED')).toHaveLength(50);
    expect(opened).toBeLessThanOrEqual(3);
  });
});

describe('memory that is bounded whatever the file', () => {
  test.each([
    ['line feeds', '\n'],
    ['smallest payloads', '{}\n'],
    ['braces', '{\n'],
    ['numbers', '{"attributes":{"audit.sequence.number":{"intValue":"7"}}}\n'],
    ['one line', 'x'],
    ['zeros', '\0'],
  ])('200 MiB of %s', { timeout: 60_000 }, (_, unit) => {
    const region = readRegion(endless(200 << 20, unit), 0);
    expect(region.tooLarge).toBe(true);
    expect(region.items.length).toBeLessThanOrEqual(1 << 19);
    expect(region.bytes.length).toBeLessThanOrEqual(128 << 20);
  });

  test('what stands behind the end of a stream is tampering, however much it is', async () => {
    const writer = closedWriter('hostile/behind the end');
    const bytes = writer.streams[0]?.bytes ?? new Uint8Array();
    const report = await verifyFiles(
      new Map([['x.ndjson', Buffer.concat([bytes, Buffer.alloc(1 << 20, '\n')])]]),
      writer,
    );
    expect(said(report)).toContain('tampered TRAILING_DATA');
  });

  test('a stream that is longer than a segment may be is read to its end', async () => {
    const writer = new TestWriter({ label: 'hostile/long' });
    const stream = writer.start();
    const filler = 'x'.repeat(60_000);
    for (let index = 0; index < 1_200; index++) stream.record('x', { filler });
    writer.close();
    expect(stream.byteLength()).toBeGreaterThan(64 << 20);
    expect(said(await verifyFiles(writer.files(), writer))).toEqual([]);
  });
});

describe('sealed by the key itself, and still not in order', () => {
  test('a record between the close record and its note', async () => {
    const writer = new TestWriter({ label: 'hostile/after close' });
    const stream = writeOne(writer.start(), '1').close({ note: false });
    const closing = stream.number;
    stream.seal({ note: false });
    stream.note(closing).note(stream.number);
    const report = await verifyFiles(file('x.ndjson', stream.lines), writer);
    expect(said(report)).toContain('tampered AFTER_END');
  });

  test('an adopted tail of another content is told apart from the pinned one', async () => {
    const writer = adoptedWriter('hostile/adopted');
    expect(said(await verifyFiles(writer.files(), writer))).toEqual(['info ADOPTED']);
  });
});

/** Counts appends to a tree and to all of its clones. */
function count(tree: StreamState['tree'], appended: () => void): void {
  const { append, clone } = tree;
  tree.append = (hash) => {
    appended();
    append.call(tree, hash);
  };
  tree.clone = () => {
    const copy = clone.call(tree);
    // Methods of the prototype again, then counted ones.
    Object.assign(copy, { append: Object.getPrototypeOf(tree).append, clone: Object.getPrototypeOf(tree).clone });
    count(copy, appended);
    return copy;
  };
}
