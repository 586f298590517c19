// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import {
  directorySource,
  parseTrustPolicy,
  type Report,
  readRecords,
  type TrustPolicy,
  verify,
} from '@stepseal/verifier';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Exported, makeExport } from '../src/export/make-export.ts';
import { claimedSince, MANIFEST_NAME } from '../src/export/manifest.ts';
import type { Window } from '../src/export/select-spans.ts';

const DAY = 86_400_000;
const ALL: Window = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Closed on day 0; crashed on day 1 and adopted on day 2; rolled on day 3; closed on day 4. */
function fiveStreams(): TestWriter {
  const writer = new TestWriter({ label: 'export' });
  writeStepUp(writer.start(), '0');
  writer.close();
  writer.clock.advance(DAY);
  writeOne(writeStepUp(writer.start(), '1').seal(), 'x');
  writer.crash();
  writer.clock.advance(DAY);
  writeStepUp(writer.start(), '2');
  writer.roll();
  writer.clock.advance(DAY);
  writeStepUp(writer.current, '3').seal();
  writer.close();
  writer.clock.advance(DAY);
  writeStepUp(writer.start(), '4');
  writer.close();
  put(writer);
  return writer;
}

function put(writer: TestWriter): void {
  for (const [path, bytes] of writer.files()) {
    mkdirSync(dirname(join(root, 'data', path)), { recursive: true });
    writeFileSync(join(root, 'data', path), bytes);
  }
}

function trustIn({ identity }: TestWriter): TrustPolicy {
  const deployments = { [identity.name]: { identities: [identity.vkey] } };
  return parseTrustPolicy(JSON.stringify({ version: 1, deployments }));
}

let exports = 0;
async function take(writer: TestWriter, window: Window, nowMs?: number): Promise<Exported & { to: string }> {
  const to = join(root, `export-${exports++}`);
  const now = nowMs ?? writer.clock.wallMs + DAY;
  const rest = { trust: trustIn(writer), trustFile: undefined, nowMs: now, madeBy: 'test' };
  return { ...(await makeExport({ from: join(root, 'data'), to, window, ...rest })), to };
}

function again(writer: TestWriter, directory: string, part: { since?: number; until?: number } = {}): Promise<Report> {
  const source = directorySource(directory);
  return verify({ sources: [source], trust: trustIn(writer), claimedSince: claimedSince(directory), ...part });
}

function said({ findings }: Report): string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

async function recordIds(directory: string, { sinceMs, untilMs }: Window): Promise<string[]> {
  const ids: string[] = [];
  for await (const { payload, hash } of readRecords(directorySource(directory))) {
    const timeMs = Number((payload.timestamp ?? 0n) / 1_000_000n);
    if (timeMs >= sinceMs && timeMs < untilMs) ids.push(hash);
  }
  return ids.sort();
}

test('whatever time is asked for, all its records are there and the verdict is that of the whole', async () => {
  const writer = fiveStreams();
  const start = writer.streams[0]?.stream.openedAtMs ?? 0;
  for (const since of [-0.5, 0, 1, 1.5, 2, 3.5]) {
    for (const until of [0.5, 1, 2.5, 3, 5]) {
      const window = { sinceMs: start + since * DAY, untilMs: start + until * DAY };
      if (until <= since) continue;
      const { report, to, sinceMs, untilMs } = await take(writer, window);
      expect([since, until, report.grade]).toEqual([since, until, 'SEALED']);
      expect(await recordIds(to, window)).toEqual(await recordIds(join(root, 'data'), window));
      // As an auditor would, a year later.
      expect(
        (await again(writer, to, { ...(sinceMs === undefined ? {} : { since: sinceMs }), until: untilMs })).grade,
      ).toBe('SEALED');
    }
  }
});

test('a part is a part: streams outside of the time stay behind', async () => {
  const writer = fiveStreams();
  const sinceMs = writer.streams[4]?.stream.openedAtMs ?? 0;
  const { streams, ofStreams, to } = await take(writer, { sinceMs, untilMs: Number.POSITIVE_INFINITY });
  expect([streams, ofStreams]).toEqual([1, 5]);
  expect(readdirSync(to).sort()).toEqual(['README.txt', MANIFEST_NAME, 'verdict.json', 'verdict.txt', 'writers']);
});

test('an export that nobody asked for a part of does not pass for what its own list says', async () => {
  const writer = fiveStreams();
  const start = writer.streams[0]?.stream.openedAtMs ?? 0;
  const { to } = await take(writer, { sinceMs: start + 3.5 * DAY, untilMs: Number.POSITIVE_INFINITY });
  expect(said(await again(writer, to))).toEqual(['incomplete OUT_OF_RANGE']);
  // A list that claims a later beginning than the records have excuses nothing more.
  rmSync(join(to, MANIFEST_NAME), { force: true });
  expect(said(await again(writer, to))).toEqual(['tampered STREAM_MISSING']);
});

test('a stream that is taken out of an export is missed', async () => {
  const writer = fiveStreams();
  const { to, untilMs } = await take(writer, { sinceMs: writer.streams[1]?.stream.openedAtMs ?? 0, untilMs: DAY ** 2 });
  rmSync(join(to, writer.streams[2]?.path ?? ''));
  const since = writer.streams[1]?.stream.openedAtMs ?? 0;
  expect((await again(writer, to, { since, until: untilMs })).grade).toBe('TAMPERED');
});

test('a stream that is being written is copied up to its last note, and the part ends there', async () => {
  const writer = fiveStreams();
  writer.clock.advance(1_000);
  const open = writeStepUp(writer.start(), '5').seal();
  const noteMs = open.lastNoteMs;
  writeOne(open, '6');
  put(writer);
  const { report, to, untilMs } = await take(writer, ALL, noteMs + 500);
  expect(said(report)).toEqual(['info ADOPTED', 'info OUT_OF_RANGE']);
  expect([report.grade, untilMs]).toEqual(['SEALED', noteMs]);
  expect(said(await again(writer, to))).toContain('incomplete TAIL_UNSEALED');
  expect((await again(writer, to, { until: untilMs })).grade).toBe('SEALED');
});

test('the copy is byte for byte, listed with its hash, and no key lies in it as something to trust', async () => {
  const writer = fiveStreams();
  const { to } = await take(writer, ALL);
  for (const { path } of writer.streams)
    expect(readFileSync(join(to, path)).equals(readFileSync(join(root, 'data', path)))).toBe(true);
  const manifest = JSON.parse(readFileSync(join(to, MANIFEST_NAME), 'utf8'));
  expect(manifest.files.map((file: { path: string }) => basename(file.path)).sort()).toEqual(
    [...writer.streams.map(({ path }) => basename(path)), 'README.txt', 'verdict.json', 'verdict.txt'].sort(),
  );
  for (const name of [MANIFEST_NAME, 'README.txt', 'verdict.txt', 'verdict.json'])
    expect(readFileSync(join(to, name), 'utf8')).not.toContain(writer.identity.vkey);
});

test('tampering that the original holds is in the verdict of the export', async () => {
  const writer = fiveStreams();
  const path = join(root, 'data', writer.streams[3]?.path ?? '');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"passed"', '"failed"'));
  expect((await take(writer, ALL)).report.grade).toBe('TAMPERED');
});

test('an export that cannot be made whole leaves nothing', async () => {
  const writer = fiveStreams();
  // Where the verdict should stand there is a directory, but only when all is copied.
  for (const [path, bytes] of writer.files()) {
    mkdirSync(join(root, 'data', 'verdict.json'), { recursive: true });
    writeFileSync(join(root, 'data', 'verdict.json', basename(path)), bytes);
  }
  await expect(take(writer, ALL)).rejects.toThrow(/nothing of it is left/);
  expect(readdirSync(root)).toEqual(['data']);
});

test('an export into the data directory is refused, by whatever way it is named', async () => {
  const writer = fiveStreams();
  symlinkSync(join(root, 'data'), join(root, 'elsewhere'));
  const rest = { window: ALL, trust: undefined, trustFile: undefined, nowMs: writer.clock.wallMs, madeBy: 'test' };
  for (const to of ['data', 'data/x/y', 'elsewhere/x', 'elsewhere', 'other/../data/x']) {
    const made = makeExport({ from: join(root, 'data'), to: `${root}/${to}`, ...rest });
    await expect(made, to).rejects.toThrow(/lies inside/);
  }
  await expect(makeExport({ from: join(root, 'elsewhere'), to: join(root, 'data', 'x'), ...rest })).rejects.toThrow(
    /lies inside/,
  );
  // Names that only begin alike are others.
  await expect(makeExport({ from: join(root, 'data'), to: join(root, 'data..2'), ...rest })).resolves.toBeDefined();
});
