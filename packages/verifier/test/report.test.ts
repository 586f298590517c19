// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dropRecords,
  type StreamBuilder,
  segmentBytes,
  setAttributes,
  TestWriter,
  testKey,
  writeOne,
  writeStepUp,
} from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../src/findings.ts';
import { segmentSource } from '../src/sources/file-source.ts';
import { memorySource } from '../src/sources/memory-source.ts';
import { verdictOf } from '../src/verdict.ts';
import { verify } from '../src/verify.ts';
import { adoptedWriter, closedWriter, later, policyOf, said, verifyFiles, verifySources } from './support.ts';

describe('the verdict', () => {
  const finding = (severity: Severity) => ({ severity, code: 'PRUNED' as const, evidence: '', reproduce: '' });
  const cases: readonly (readonly [readonly Severity[], string, number])[] = [
    [[], 'SEALED', 0],
    [['info'], 'SEALED', 0],
    [['info', 'incomplete'], 'INCOMPLETE', 2],
    [['incomplete', 'cannot_verify'], 'CANNOT_VERIFY', 3],
    [['cannot_verify', 'incomplete', 'tampered', 'info'], 'TAMPERED', 1],
  ];
  test.each(cases)('of %j is %s, exit code %i', (severities, grade, exitCode) => {
    expect(verdictOf(severities.map(finding))).toEqual({ grade, exitCode });
    expect(verdictOf(severities.map(finding).reverse())).toEqual({ grade, exitCode });
  });

  test('on nothing, or on nothing but strangers, is never a pass', async () => {
    const writer = closedWriter('report/nothing');
    const trust = policyOf(testKey('other', 'other'));
    for (const sources of [[], [memorySource(new Map())], [memorySource(new Map([['x', new Uint8Array()]]))]])
      expect(said(await verifySources(sources, writer))).toEqual(['cannot_verify ZERO_RECORDS']);
    expect(said(await verifyFiles(writer.files(), writer, { trust }))).toEqual(['cannot_verify KEY_NOT_AUTHORISED']);
    expect(said(await verifyFiles(writer.files(), writer, { trust: undefined }))).toEqual([
      'cannot_verify NO_TRUST_POLICY',
    ]);
  });

  test('on damage without a trust policy is ignorance, and says what was found', async () => {
    const writer = closedWriter('report/untrusted damage');
    const lines = dropRecords(writer.streams[0]?.stream.lines ?? [], 3);
    const report = await verifyFiles(new Map([['x', segmentBytes(lines)]]), writer, { trust: undefined });
    expect(said(report).sort()).toEqual(['cannot_verify NO_TRUST_POLICY', 'cannot_verify RECORD_MISSING']);
  });
});

describe('a report', () => {
  test('states time range, streams, records, last note, trust and what is not proved', async () => {
    const writer = closedWriter('report/content');
    const { stream, path } = writer.streams[0] as { stream: StreamBuilder; path: string };
    const report = await verifyFiles(writer.files(), writer);
    expect(report).toMatchObject({
      records: stream.number,
      firstTimeMs: stream.openedAtMs,
      lastTimeMs: writer.clock.wallMs,
      uncoveredMs: 0,
      declaredLosses: 0,
      sources: ['1 segment(s) in memory'],
      trust: [{ deployment: writer.deployment, fingerprints: [writer.identity.fingerprint] }],
    });
    expect(report.streams).toEqual([
      {
        streamId: stream.streamId,
        deployment: writer.deployment,
        source: path,
        state: 'closed',
        records: stream.number,
        tailRecords: 0,
        uncoveredMs: 0,
        lastNote: { size: stream.number, root: stream.rootAt(stream.number), timeMs: writer.clock.wallMs },
        identityFingerprint: writer.identity.fingerprint,
        identityVkey: writer.identity.vkey,
        trusted: true,
      },
    ]);
    expect(report.limits.length).toBeGreaterThan(0);
    expect((await verifyFiles(writer.files(), writer, { trust: undefined })).trust).toBeUndefined();
  });

  test('counts the time of an adopted tail up to the stream that adopted it, and its records', async () => {
    const writer = adoptedWriter('report/adopted');
    const [first] = writer.streams;
    const report = await verifyFiles(writer.files(), writer);
    // Two records 40 ms apart, then five seconds.
    expect(report.uncoveredMs).toBe(5_080);
    const stream = report.streams.find(({ streamId }) => streamId === first?.stream.streamId);
    expect(stream).toMatchObject({ state: 'adopted', records: 8, tailRecords: 2, lastNote: { size: 6 } });
  });

  test('counts the time of an open tail up to the moment at which its file was read', async () => {
    const writer = new TestWriter({ label: 'report/open' });
    writeOne(writeOne(writer.start(), '1').seal(), '2');
    const now = writer.clock.wallMs + 3_000;
    const report = await verifyFiles(writer.files(), writer, { now });
    expect(said(report)).toEqual(['info TAIL_OPEN']);
    expect(report.uncoveredMs).toBe(3_040);
    expect(report.streams).toMatchObject([{ state: 'open', records: 3, tailRecords: 1 }]);
  });

  test.each([
    [5_000, true, 'info TAIL_OPEN'],
    [5_001, true, 'incomplete TAIL_UNSEALED'],
    [90_000, false, 'info TAIL_OPEN'],
    [90_001, false, 'incomplete TAIL_UNSEALED'],
    [-90_000, true, 'info TAIL_OPEN'],
    [-90_001, true, 'incomplete TAIL_UNSEALED'],
    [-90_001, false, 'incomplete TAIL_UNSEALED'],
  ])('takes a tail of %i ms (records in it: %s) for %s', async (ageMs, busy, expected) => {
    const writer = new TestWriter({ label: 'report/limits' });
    const stream = writeOne(writer.start(), '1').seal();
    const now = writer.clock.wallMs + ageMs;
    if (busy) writeOne(stream, '2');
    expect(said(await verifyFiles(writer.files(), writer, { now }))).toEqual([expected]);
  });

  test('adds up the losses that trusted streams declare, and no others', async () => {
    const writer = new TestWriter({ label: 'report/losses' });
    writer.start().gap({ count: 3 }).seal().gap({ count: 4, cause: 'overflow' }).seal();
    writer.close();
    const stranger = new TestWriter({ label: 'report/stranger', identity: testKey('demo.bank', 'stranger') });
    stranger.start().gap({ count: 100 }).seal();
    stranger.close();
    const report = await verifyFiles(new Map([...writer.files(), ...stranger.files()]), writer);
    expect(report.declaredLosses).toBe(7);
    const told = report.findings.filter(
      ({ code, stream }) => code === 'DECLARED_LOSS' && report.streams[0]?.streamId === stream,
    );
    expect(told.map(({ from, evidence }) => [from, /\d+ record/.exec(evidence)?.[0]])).toEqual([
      [2, '3 record'],
      [4, '4 record'],
    ]);
  });

  test('tells what decides the verdict first', async () => {
    const writer = adoptedWriter('report/order');
    const other = closedWriter('report/order other');
    const lines = setAttributes(other.streams[0]?.stream.lines ?? [], 3, { 'step_up.method': 'totp' });
    const report = await verifyFiles(new Map([...writer.files(), ['x.ndjson', segmentBytes(lines)]]), writer);
    expect(said(report)).toEqual(['tampered MODIFIED', 'info ADOPTED']);
  });

  test('never holds the value of an attribute of the application', async () => {
    const secret = 'tuesday-horse-battery';
    const writer = new TestWriter({ label: 'report/secret' });
    const stream = writeStepUp(writer.start(), secret).seal();
    writer.close();
    const { lines } = stream;
    for (const edited of [
      dropRecords(lines, 3),
      setAttributes(lines, 3, { 'step_up.method': secret }),
      [...lines.slice(0, 3), { kind: 'raw' as const, bytes: Buffer.from(`{"${secret}":1}\n`) }, ...lines.slice(3)],
      [...lines].reverse(),
    ]) {
      const report = await verifyFiles(new Map([['x.ndjson', segmentBytes(edited)]]), writer);
      expect(report.grade).toBe('TAMPERED');
      expect(JSON.stringify(report.findings)).not.toContain(secret);
    }
  });

  test('gives for a changed record a command that shows it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
    try {
      const writer = closedWriter('report/reproduce');
      const path = join(directory, 'a b.ndjson');
      const lines = setAttributes(writer.streams[0]?.stream.lines ?? [], 3, { 'step_up.method': 'totp' });
      writeFileSync(path, segmentBytes(lines));
      const report = await verify({
        sources: [segmentSource(path)],
        trust: policyOf(writer.identity),
        now: later(writer),
      });
      const shown = execFileSync('sh', ['-c', report.findings[0]?.reproduce ?? 'false']).toString();
      expect(shown).toMatch(/"audit\.sequence\.number":\{"intValue":"[34]"\}/);
      expect(shown.trimEnd()).not.toContain('\n');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('says the same whatever the order of files and sources', async () => {
    const writer = adoptedWriter('report/any order');
    const files = [...writer.files()];
    const forward = await verifySources(
      files.map((entry) => memorySource(new Map([entry]))),
      writer,
    );
    const backward = await verifySources(
      [...files].reverse().map((entry) => memorySource(new Map([entry]))),
      writer,
    );
    expect(said(backward)).toEqual(said(forward));
    expect(backward.knownHeads).toEqual(forward.knownHeads);
  });
});
