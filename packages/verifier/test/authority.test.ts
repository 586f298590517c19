// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { dropNotes, insertAt, StreamBuilder, segmentBytes, TestWriter, testKey, writeOne } from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { formatKnownHeads, parseKnownHeads } from '../src/known-heads.ts';
import type { Report } from '../src/report.ts';
import { closedWriter, later, policyOf, said, verifyFiles } from './support.ts';

/** What an attacker without keys can make: a stream that names the trusted identity, under a key of his own. */
function pretender(writer: TestWriter, label: string, streamId?: string): StreamBuilder {
  const stream = new StreamBuilder({
    label,
    identity: writer.identity,
    streamKey: testKey(writer.deployment, 'attacker'),
    ...(streamId === undefined ? {} : { streamId }),
  });
  stream.open(false);
  for (let index = 0; index < 12; index++) writeOne(stream, String(index));
  return stream.seal().close();
}

describe('an identity vouches only for what it signed', () => {
  test('a stream that names a trusted identity without its signature is not trusted', async () => {
    const writer = closedWriter('authority/pretender');
    const forged = pretender(writer, 'forged');
    const report = await verifyFiles(new Map([...writer.files(), ['x.ndjson', forged.bytes()]]), writer);
    expect(report.exitCode).toBe(1);
    const stream = report.streams.find(({ streamId }) => streamId === forged.streamId);
    expect(stream).toMatchObject({ trusted: false, state: 'unproved' });
    expect(report.records).toBe(writer.streams[0]?.stream.number);
    expect(report.knownHeads.streams.has(forged.streamId)).toBe(false);
  });

  test('a longer forged file of a genuine stream id stands neither for the stream nor in the known heads', async () => {
    const writer = closedWriter('authority/longer');
    const genuine = writer.streams[0]?.stream as StreamBuilder;
    const forged = pretender(writer, 'longer', genuine.streamId);
    const report = await verifyFiles(new Map([['0.ndjson', forged.bytes()], ...writer.files()]), writer);
    expect(report.exitCode).toBe(1);
    expect(report.streams).toMatchObject([
      { source: writer.streams[0]?.path, records: genuine.number, trusted: true, state: 'closed' },
    ]);
    const head = report.knownHeads.streams.get(genuine.streamId);
    expect(head === undefined || head.root === genuine.rootAt(genuine.number)).toBe(true);
  });

  test('a forged stream cannot name the key of a genuine rolled stream', async () => {
    const writer = new TestWriter({ label: 'authority/namer' });
    writeOne(writer.start(), '1');
    const rolled = writeOne(writer.roll(), '2');
    writer.close();
    const forged = new StreamBuilder({
      label: 'namer',
      identity: writer.identity,
      streamKey: testKey(writer.deployment, 'attacker'),
    });
    forged.open(false).close({ next: new StreamBuilder({ label: 'other', streamId: rolled.streamId }) });
    const report = await verifyFiles(new Map([['0.ndjson', forged.bytes()], ...writer.files()]), writer);
    expect(report.exitCode).toBe(1);
    expect(report.findings.filter(({ stream }) => stream === rolled.streamId)).toEqual([]);
    expect(report.streams.find(({ streamId }) => streamId === rolled.streamId)?.trusted).toBe(true);
  });

  test('a genuine stream whose open note was taken away is still tampered with', async () => {
    const writer = closedWriter('authority/open note gone');
    const lines = dropNotes(writer.streams[0]?.stream.lines ?? [], 1);
    const report = await verifyFiles(new Map([['x.ndjson', segmentBytes(lines)]]), writer);
    expect(said(report)).toContain('tampered NOTE_MISSING');
  });
});

describe('a deployment vouches for its own streams only', () => {
  const theirs = testKey('other.bank', 'identity/other.bank');

  test('not for the key of a stream that claims another deployment', async () => {
    const writer = closedWriter('authority/cross roll');
    const next = new StreamBuilder({ label: 'cross/next', deployment: writer.deployment });
    const first = new StreamBuilder({ label: 'cross/first', deployment: theirs.name, identity: theirs });
    writeOne(first.open(), '1').close({ next });
    writeOne(next.open(), '2').close();
    const files = new Map([...writer.files(), ['0.ndjson', first.bytes()], ['1.ndjson', next.bytes()]]);
    const report = await verifyFiles(files, writer, { trust: policyOf(writer.identity, theirs) });
    expect(said(report)).toEqual(['tampered KEY_NOT_AUTHORISED']);
    expect(report.streams.find(({ streamId }) => streamId === next.streamId)?.trusted).toBe(false);
  });

  test('not for the tail of a stream of another deployment', async () => {
    const writer = new TestWriter({ label: 'authority/cross pin' });
    const crashed = writeOne(writeOne(writer.start(), '1').seal(), '2');
    writer.crash();
    const second = new TestWriter({ label: 'authority/cross pinner', deployment: theirs.name, identity: theirs });
    const { streamId, number, lastHash: hash } = crashed;
    second.startAfter({ cause: 'crash', streamId, number, hash, validBytes: crashed.byteLength(), tornBytes: 0 });
    second.close();
    const files = new Map([...writer.files(), ...second.files()]);
    const report = await verifyFiles(files, writer, { trust: policyOf(writer.identity, theirs) });
    expect(said(report)).toEqual(['incomplete TAIL_UNSEALED']);
  });

  test('and what does not fit the pin is no better for naming another deployment', async () => {
    const writer = closedWriter('authority/cross replaced');
    writer.clock.advance(5_000);
    writeOne(writer.start(), '9');
    writer.close();
    const [first, second] = writer.streams;
    const forged = new StreamBuilder({ label: 'x', deployment: 'other.bank', streamId: first?.stream.streamId ?? '' });
    for (const bytes of [forged.open(false).bytes(), Buffer.from('x\n'), forged.close().bytes()]) {
      const files = new Map([
        [first?.path ?? '', bytes],
        [second?.path ?? '', second?.bytes ?? bytes],
      ]);
      expect((await verifyFiles(files, writer)).grade).toBe('TAMPERED');
    }
  });

  test('not for a whole stream without a note', async () => {
    const writer = new TestWriter({ label: 'authority/cross vouch' });
    const forged = new StreamBuilder({ label: 'cross/forged', identity: writer.identity }).open(false);
    const second = new TestWriter({ label: 'authority/cross voucher', deployment: theirs.name, identity: theirs });
    const { streamId, number, lastHash: hash } = forged;
    second.startAfter({ cause: 'crash', streamId, number, hash, validBytes: forged.byteLength(), tornBytes: 0 });
    second.close();
    const files = new Map([['x.ndjson', forged.bytes()], ...second.files()]);
    const report = await verifyFiles(files, writer, { trust: policyOf(writer.identity, theirs) });
    expect(said(report)).toEqual(['cannot_verify TAIL_UNSEALED']);
  });
});

describe('a predecessor that a trusted stream names answers for its damage', () => {
  test('damaged forgery in its place is tampering, not ignorance', async () => {
    const writer = closedWriter('authority/named');
    writer.clock.advance(5_000);
    writeOne(writer.start(), '9');
    writer.close();
    const [first, second] = writer.streams;
    const stranger = testKey(writer.deployment, 'stranger');
    const forged = new StreamBuilder({
      label: 'in its place',
      identity: stranger,
      streamId: first?.stream.streamId ?? '',
    });
    writeOne(forged.open(), '1').close();
    const lines = insertAt(forged.lines, 3, forged.noteFor(1, [stranger]));
    const report = await verifyFiles(
      new Map([
        ['0.ndjson', segmentBytes(lines)],
        ['1.ndjson', second?.bytes ?? new Uint8Array()],
      ]),
      writer,
    );
    expect(report.grade).toBe('TAMPERED');
  });
});

describe('a stream that has just been opened', () => {
  const opened = (atMs: number): Promise<Report> => {
    const writer = closedWriter('authority/opened');
    const now = later(writer);
    writer.clock.advance(now - writer.clock.wallMs + atMs);
    const fresh = new StreamBuilder({ label: 'fresh', identity: writer.identity, clock: writer.clock }).open(false);
    return verifyFiles(new Map([...writer.files(), ['x.ndjson', fresh.bytes()]]), writer, { now });
  };

  test('is no alarm within the seal limit', async () => {
    expect(said(await opened(-4_000))).toEqual(['info TAIL_OPEN']);
  });

  test('is not excused any longer behind it', async () => {
    expect(said(await opened(-5_001))).toEqual(['cannot_verify TAIL_UNSEALED']);
  });

  test('is not excused by a time in the future, which would excuse it for ever', async () => {
    expect(said(await opened(3_600_000))).toEqual(['cannot_verify TAIL_UNSEALED']);
  });
});

describe('a stream of a newer format', () => {
  const newer = (writer: TestWriter, identity = writer.identity): StreamBuilder => {
    const stream = new StreamBuilder({ label: 'newer', identity, clock: writer.clock, formatVersion: '2' });
    return writeOne(stream.open(), '1').close();
  };

  test('is named and cannot be verified', async () => {
    const writer = closedWriter('authority/newer');
    const report = await verifyFiles(new Map([...writer.files(), ['x.ndjson', newer(writer).bytes()]]), writer);
    expect(said(report)).toEqual(['cannot_verify FORMAT_NEWER']);
  });

  test('is there: a successor that names it misses nothing', async () => {
    const writer = closedWriter('authority/newer predecessor');
    const stream = newer(writer);
    writer.startAfter({
      cause: 'closed',
      streamId: stream.streamId,
      number: stream.number,
      hash: stream.lastHash,
      validBytes: stream.byteLength(),
    });
    writer.close();
    const report = await verifyFiles(new Map([...writer.files(), ['x.ndjson', stream.bytes()]]), writer);
    expect(said(report)).toEqual(['cannot_verify FORMAT_NEWER']);
  });

  test('under a key of nobody does not stand in for a stream that a successor names', async () => {
    const writer = closedWriter('authority/newer forged');
    writer.clock.advance(5_000);
    writeOne(writer.start(), '9');
    writer.close();
    const [first, second] = writer.streams;
    const forged = new StreamBuilder({
      label: 'forged newer',
      identity: testKey(writer.deployment, 'stranger'),
      streamId: first?.stream.streamId ?? '',
      formatVersion: '2',
    });
    writeOne(forged.open(), '1').close();
    const files = new Map([
      ['0.ndjson', forged.bytes()],
      ['1.ndjson', second?.bytes ?? new Uint8Array()],
    ]);
    const report = await verifyFiles(files, writer);
    expect(report.grade).toBe('TAMPERED');
  });

  test('under a key of nobody does not hide that the known stream is gone', async () => {
    const writer = closedWriter('authority/newer and heads');
    const [only] = writer.streams;
    const { knownHeads } = await verifyFiles(writer.files(), writer);
    const forged = new StreamBuilder({
      label: 'forged newer',
      identity: testKey(writer.deployment, 'stranger'),
      streamId: only?.stream.streamId ?? '',
      formatVersion: '2',
    });
    writeOne(forged.open(), '1').close();
    const report = await verifyFiles(new Map([['0.ndjson', forged.bytes()]]), writer, { knownHeads });
    expect(report.grade).toBe('TAMPERED');
  });
});

describe('declared prunes', () => {
  const prune = (stream: StreamBuilder, gone: StreamBuilder, changes: Record<string, string | number> = {}) =>
    stream.record('stepseal.prune', {
      'stepseal.prune.stream_id': gone.streamId,
      'stepseal.prune.size': gone.number,
      'stepseal.prune.root': gone.rootAt(gone.number),
      'stepseal.prune.policy': 'older than 7 d',
      ...changes,
    });

  function retained(label: string, changes: Record<string, string | number> = {}): TestWriter {
    const writer = closedWriter(label);
    writer.clock.advance(5_000);
    const second = writer.start();
    prune(second, writer.streams[0]?.stream as StreamBuilder, changes);
    second.seal();
    return writer.close();
  }

  const kept = (writer: TestWriter): Map<string, Uint8Array> =>
    new Map([...writer.files()].filter(([path]) => path !== writer.streams[0]?.path));

  test('excuse the absence of that stream', async () => {
    const writer = retained('prune/plain');
    const { knownHeads } = await verifyFiles(closedWriter('prune/plain').files(), writer);
    expect(said(await verifyFiles(kept(writer), writer))).toEqual(['info PRUNED']);
    expect(said(await verifyFiles(kept(writer), writer, { knownHeads }))).toEqual(['info PRUNED']);
  });

  test('of another size than the known head do not', async () => {
    const writer = retained('prune/size', { 'stepseal.prune.size': 1 });
    const { knownHeads } = await verifyFiles(closedWriter('prune/size').files(), writer);
    const report = await verifyFiles(kept(writer), writer, { knownHeads });
    expect(report.grade).toBe('TAMPERED');
  });

  test('of another root than the known head do not', async () => {
    const root = Buffer.alloc(32, 7).toString('base64');
    const writer = retained('prune/root', { 'stepseal.prune.root': root });
    const { knownHeads } = await verifyFiles(closedWriter('prune/root').files(), writer);
    const report = await verifyFiles(kept(writer), writer, { knownHeads });
    expect(report.grade).toBe('TAMPERED');
  });

  test('of fewer records than the successor found do not', async () => {
    const writer = retained('prune/pin', { 'stepseal.prune.size': 1 });
    expect((await verifyFiles(kept(writer), writer)).grade).toBe('TAMPERED');
  });

  test('reach no stream of another deployment', async () => {
    const ours = closedWriter('prune/ours');
    const theirs = new TestWriter({ label: 'prune/theirs', deployment: 'other.bank' });
    prune(theirs.start(), ours.streams[0]?.stream as StreamBuilder).seal();
    theirs.close();
    const trust = policyOf(ours.identity, theirs.identity);
    const { knownHeads } = await verifyFiles(ours.files(), ours, { trust });
    const report = await verifyFiles(theirs.files(), ours, { trust, knownHeads });
    expect(report.grade).toBe('TAMPERED');
  });
});

describe('known heads after a verification', () => {
  test('a rewritten stream of the same size does not replace what was known of it', async () => {
    const writer = closedWriter('heads/rewritten');
    const before = await verifyFiles(writer.files(), writer);
    const stream = writer.streams[0]?.stream as StreamBuilder;
    const rewritten = new StreamBuilder({
      label: 'heads/rewritten again',
      identity: writer.identity,
      streamKey: stream.streamKey,
      streamId: stream.streamId,
    });
    rewritten.open();
    while (rewritten.number < stream.number - 1) writeOne(rewritten, '7');
    rewritten.close();
    const files = new Map([['x.ndjson', rewritten.bytes()]]);
    const after = await verifyFiles(files, writer, { knownHeads: before.knownHeads });
    expect(said(after)).toContain('tampered EQUIVOCATION');
    expect(after.knownHeads).toEqual(before.knownHeads);
  });

  test('a rolled back writer keeps its newest stream', async () => {
    const writer = closedWriter('heads/rollback');
    writer.clock.advance(5_000);
    writeOne(writer.start(), '9');
    writer.close();
    const before = await verifyFiles(writer.files(), writer);
    const old = new Map([...writer.files()].slice(0, 1));
    const rolledBack = await verifyFiles(old, writer, { knownHeads: before.knownHeads });
    expect(said(rolledBack)).toEqual(['tampered ROLLBACK']);
    const again = await verifyFiles(old, writer, { knownHeads: rolledBack.knownHeads });
    expect(said(again)).toEqual(['tampered ROLLBACK']);
  });

  test('move forward with honest streams and read back as they were written', async () => {
    const writer = closedWriter('heads/forward');
    const first = await verifyFiles(writer.files(), writer);
    writer.clock.advance(5_000);
    writeOne(writer.start(), '9');
    writer.close();
    const { knownHeads } = await verifyFiles(writer.files(), writer, { knownHeads: first.knownHeads });
    const [older, newer] = writer.streams;
    expect([...knownHeads.writers]).toEqual([[older?.stream.streamId, newer?.stream.streamId]]);
    expect(knownHeads.streams.size).toBe(2);
    expect(parseKnownHeads(formatKnownHeads(knownHeads))).toEqual(knownHeads);
  });

  test('forget what was declared pruned, so that the prune record may be pruned in its turn', async () => {
    const writer = closedWriter('heads/pruned');
    const first = await verifyFiles(writer.files(), writer);
    writer.clock.advance(5_000);
    const gone = writer.streams[0]?.stream as StreamBuilder;
    writer
      .start()
      .record('stepseal.prune', {
        'stepseal.prune.stream_id': gone.streamId,
        'stepseal.prune.size': gone.number,
        'stepseal.prune.root': gone.rootAt(gone.number),
        'stepseal.prune.policy': 'older than 7 d',
      })
      .seal();
    writer.close();
    const files = new Map([...writer.files()].slice(1));
    const { knownHeads } = await verifyFiles(files, writer, { knownHeads: first.knownHeads });
    expect([...knownHeads.streams.keys()]).toEqual([writer.streams[1]?.stream.streamId]);
    expect([...knownHeads.writers.values()]).toEqual([writer.streams[1]?.stream.streamId]);
  });
});
