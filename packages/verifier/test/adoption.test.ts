// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  adoption,
  dropNotes,
  editText,
  type SegmentLine,
  type StreamBuilder,
  segmentBytes,
  TestWriter,
  withAttributes,
  writeOne,
} from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { later, said, verifyFiles } from './support.ts';

/** A stream with two synced records under no note, three unsynced ones, then an I/O error; and its successor. */
function abandoned(label: string): { writer: TestWriter; first: StreamBuilder; change: Change } {
  const writer = new TestWriter({ label });
  const first = writeOne(writer.start(), '1').seal();
  writeOne(writeOne(first, '2'), '3');
  const synced = { streamId: first.streamId, number: first.number, hash: first.lastHash };
  const validBytes = first.byteLength();
  for (const id of ['4', '5', '6']) writeOne(first, id);
  writer.crash();
  writer.startAfter({ cause: 'io_error', ...synced, validBytes });
  writer.close();
  const change: Change = (edit) => {
    const [path] = [...writer.files().keys()];
    return new Map([...writer.files(), [path as string, segmentBytes(edit(first.lines))]]);
  };
  return { writer, first, change };
}

type Change = (edit: (lines: readonly SegmentLine[]) => readonly SegmentLine[]) => Map<string, Uint8Array>;

describe('what a successor pins after an I/O error', () => {
  test('holds, and the lines beyond it are abandoned', async () => {
    const { writer, first } = abandoned('io/honest');
    const report = await verifyFiles(writer.files(), writer);
    expect(report.grade).toBe('SEALED');
    expect(report.findings.map(({ code, from, to }) => [code, from, to])).toEqual([
      ['ABANDONED', 6, 8],
      ['ADOPTED', 4, 5],
    ]);
    expect(report.streams.find(({ streamId }) => streamId === first.streamId)).toMatchObject({ records: 5 });
  });

  test('is not what an edited and relinked tail holds', async () => {
    const { writer, change } = abandoned('io/edited');
    const files = change((lines) => {
      const stream = new TestWriter({ label: 'io/edited' });
      const forged = writeOne(stream.start(), '1').seal();
      writeOne(writeOne(forged, '2').record('step_up.access', { 'step_up.access.result': 'granted' }), '4');
      return [...lines.slice(0, 6), ...forged.lines.slice(6)];
    });
    const report = await verifyFiles(files, writer);
    expect(said(report)).toContain('tampered MODIFIED');
  });

  test('is not what a tail holds whose last pinned record was edited', async () => {
    const { writer, change } = abandoned('io/last');
    const files = change((lines) =>
      editText(lines, 5, (text) => withAttributes(text, { 'step_up.trigger.reason': 'forged' })),
    );
    expect(said(await verifyFiles(files, writer))).toContain('tampered MODIFIED');
  });

  test('is not there where the tail was cut', async () => {
    const { writer, change } = abandoned('io/cut');
    const report = await verifyFiles(
      change((lines) => lines.slice(0, -4)),
      writer,
    );
    expect(said(report)).toEqual(['tampered TRUNCATED']);
  });
});

describe('a roll', () => {
  test('without the closing note is cut, also where a later process pins the stream that followed', async () => {
    const writer = new TestWriter({ label: 'roll/cut' });
    const first = writeOne(writer.start(), '1');
    writeOne(writer.roll(), '2');
    writer.close();
    writer.clock.advance(5_000);
    writeOne(writer.start(), '3');
    writer.close();
    const [path] = [...writer.files().keys()];
    const cut = segmentBytes(dropNotes(first.lines, first.number));
    expect((await verifyFiles(writer.files(), writer)).grade).toBe('SEALED');
    const report = await verifyFiles(new Map([...writer.files(), [path as string, cut]]), writer);
    expect(said(report)[0]).toBe('tampered TRUNCATED');
  });

  test('whose next stream is not yet there is no alarm while it has just been closed', async () => {
    const writer = new TestWriter({ label: 'roll/now' });
    writeOne(writer.start(), '1');
    writer.roll();
    const files = new Map([...writer.files()].slice(0, 1));
    expect(said(await verifyFiles(files, writer, { now: writer.clock.wallMs + 100 }))).toEqual(['info TAIL_OPEN']);
    expect(said(await verifyFiles(files, writer))).toEqual(['incomplete SUCCESSOR_MISSING']);
  });

  test('whose next stream never came is followed by the one that a new process opens', async () => {
    const writer = new TestWriter({ label: 'roll/never' });
    const first = writeOne(writer.start(), '1');
    const next = writer.roll();
    writer.clock.advance(5_000);
    const { streamId, number, lastHash: hash } = first;
    writer.startAfter({ cause: 'closed', streamId, number, hash, validBytes: first.byteLength() });
    writer.close();
    const files = new Map([...writer.files()].filter(([path]) => !path.includes(next.streamId)));
    const report = await verifyFiles(files, writer);
    expect(said(report)).toEqual(['info ADOPTED']);
    expect(report.uncoveredMs).toBe(5_000);
    // Where somebody saw it there, it is gone all the same.
    const { knownHeads } = await verifyFiles(writer.files(), writer);
    const seen = new Map(knownHeads.streams);
    seen.set(next.streamId, { deployment: writer.deployment, size: 1, root: next.rootAt(1), closed: false });
    const known = { streams: seen, writers: knownHeads.writers };
    expect(said(await verifyFiles(files, writer, { knownHeads: known }))).toContain('tampered STREAM_MISSING');
  });

  test('whose next stream holds nothing but a torn line misses it, and is not tampered with', async () => {
    const writer = new TestWriter({ label: 'roll/torn' });
    writeOne(writer.start(), '1');
    const next = writer.roll();
    const [first] = writer.streams;
    for (const length of [0, 1, 100, 400]) {
      const files = new Map([
        [first?.path ?? '', first?.bytes ?? new Uint8Array()],
        [`${next.streamId}.ndjson`, next.bytes().subarray(0, length)],
      ]);
      expect(said(await verifyFiles(files, writer)), `${length} bytes`).toEqual(['incomplete SUCCESSOR_MISSING']);
    }
  });
});

describe('a power cut that takes notes somebody has seen', () => {
  test.each([
    ['a seal', false, 3],
    ['the open record', true, 1],
  ])('of %s leaves the records, which the known heads prove', async (_, first, size) => {
    const label = `notes lost ${size}`;
    const write = (): { writer: TestWriter; stream: StreamBuilder } => {
      const writer = new TestWriter({ label });
      const stream = writeOne(writer.start(), '1');
      return { writer, stream: first ? stream : writeOne(stream.seal(), '2') };
    };
    const seen = write();
    const { knownHeads } = await verifyFiles(seen.writer.files(), seen.writer);
    expect(knownHeads.streams.get(seen.stream.streamId)?.size).toBe(size);
    const { writer, stream } = write();
    const lost = dropNotes(stream.lines, size);
    const alone = await verifyFiles(new Map([['x.ndjson', segmentBytes(lost)]]), writer, { knownHeads });
    expect(said(alone)).toEqual([`${first ? 'cannot_verify' : 'incomplete'} TAIL_UNSEALED`]);
    writer.crash();
    writer.clock.advance(5_000);
    writer.startAfter(adoption(stream.streamId, lost, new Uint8Array()));
    writer.close();
    const files = new Map([...writer.files(), [writer.streams[0]?.path ?? '', segmentBytes(lost)]]);
    const adopted = await verifyFiles(files, writer, { knownHeads });
    expect(said(adopted)).toEqual(['info ADOPTED']);
    expect(adopted.knownHeads.streams.get(stream.streamId)?.size).toBe(size);
    // Cut or changed it is what it was before.
    const cut = await verifyFiles(new Map([['x.ndjson', segmentBytes(lost.slice(0, -2))]]), writer, { knownHeads });
    expect(cut.grade).toBe('TAMPERED');
  });
});

describe('a crash at any byte', () => {
  test('is incomplete alone and verified once adopted, never tampered with', async () => {
    const whole = writeOne(writeOne(new TestWriter({ label: 'any byte' }).start(), '1').seal(), '2').close();
    const bytes = whole.bytes();
    const lines: number[] = [];
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) lines.push(at + 1);
    const cuts = new Set(lines.flatMap((end) => [end - 1, end, end + 1, end + 40, end + 300]));
    for (const cut of [...cuts].filter((at) => at < bytes.length && at >= (lines[0] ?? 0))) {
      const writer = new TestWriter({ label: 'any byte' });
      const stream = writeOne(writeOne(writer.start(), '1').seal(), '2').close();
      const whollyKept = lines.filter((end) => end <= cut).length;
      const torn = bytes.subarray(lines[whollyKept - 1] ?? 0, cut);
      writer.crash({ keepLines: whollyKept, torn });
      const alone = await verifyFiles(writer.files(), writer);
      expect(['INCOMPLETE', 'CANNOT_VERIFY'], `alone, cut at ${cut}: ${said(alone)}`).toContain(alone.grade);
      writer.clock.advance(5_000);
      writeOne(writer.start(), '3');
      writer.close();
      const adopted = await verifyFiles(writer.files(), writer, { now: later(writer) });
      expect(said(adopted), `adopted, cut at ${cut} of ${stream.byteLength()}`).toEqual(['info ADOPTED']);
    }
  });

  test('that lost the beginning of the closing note and kept its end is no forgery', async () => {
    const writer = new TestWriter({ label: 'hole' });
    const stream = writeOne(writer.start(), '1').seal();
    // The close record must end a little before a sector, so that the note crosses into the next one.
    while (stream.byteLength() % 512 < 100 || stream.byteLength() % 512 > 400)
      stream.record('step_up.required', { 'step_up.id': 'x'.repeat(1 + (stream.number % 7)) });
    stream.close();
    const note = stream.lines.at(-1);
    const text = note?.kind === 'note' ? `${note.text}\n` : '';
    const before = stream.byteLength() - Buffer.byteLength(text);
    const hole = 512 - (before % 512);
    const bytes = Buffer.from(text);
    bytes.fill(0, 0, hole);
    expect(hole).toBeLessThan(bytes.length);
    writer.crash({ keepLines: stream.lines.length - 1, torn: bytes });
    expect(said(await verifyFiles(writer.files(), writer))).toEqual(['incomplete TAIL_UNSEALED']);
    writer.clock.advance(5_000);
    writer.start();
    writer.close();
    expect(said(await verifyFiles(writer.files(), writer))).toEqual(['info ADOPTED']);
  });
});
