// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TestWriter, writeOne, writeStepUp } from '@stepseal/testkit';
import { parseTrustPolicy, verify } from '@stepseal/verifier';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type DrillOptions, type DrillResult, runDrill } from '../src/drill/run-drill.ts';
import { chooseSample, hashOf } from '../src/drill/sample.ts';
import { copyToScratch } from '../src/drill/scratch.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Three streams: closed, ended by a crash and adopted, closed. */
function threeStreams(): TestWriter {
  const writer = new TestWriter({ label: 'drill' });
  writeStepUp(writeStepUp(writer.start(), '1').seal(), '2').seal();
  writer.close();
  writer.clock.advance(5_000);
  writeOne(writeStepUp(writer.start(), '3').seal(), '4');
  writer.crash();
  writer.clock.advance(5_000);
  writeStepUp(writer.start(), '5').seal();
  writer.close();
  put(writer);
  return writer;
}

function put(writer: TestWriter): void {
  for (const [path, bytes] of writer.files()) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
}

async function drill(writer: TestWriter, seed: string, more: Partial<DrillOptions> & { maxBytes?: number } = {}) {
  const sample = await chooseSample(directory, more.maxBytes ?? 1_000_000);
  const scratch = copyToScratch(directory, sample, undefined);
  const { name, vkey } = writer.identity;
  const trust = parseTrustPolicy(JSON.stringify({ version: 1, deployments: { [name]: { identities: [vkey] } } }));
  try {
    const before = hashOf(sample);
    const result = await runDrill({ scratch, sample, trust, seed, copiedAtMs: Date.now(), ...more });
    expect(hashOf(sample)).toBe(before);
    return { ...result, sample };
  } finally {
    scratch.remove();
  }
}

function missed({ attempts }: DrillResult): string[] {
  return attempts.filter(({ plan, caught }) => plan !== undefined && !caught).map(({ attack }) => attack.id);
}

test('no attack gets past the verifier, whichever records are chosen', async () => {
  const writer = threeStreams();
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const result = await drill(writer, seed);
    expect(result.control.grade).toBe('SEALED');
    expect(result.attempts.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
    expect(missed(result)).toEqual([]);
    // Of a whole stream the stream is named, of a record the record.
    expect(result.attempts.filter(({ named }) => !named).map(({ attack }) => attack.id)).toEqual([]);
  }
});

test('an attack that the verifier misses is told, not counted as caught', async () => {
  const blind: typeof verify = (options) => verify({ ...options, disable: new Set(['known-heads']) });
  const result = await drill(threeStreams(), 'a', { verify: blind });
  expect(missed(result)).toContain('delete-newest-stream');
});

test('the original keeps its bytes, times and names, and the copy goes away', async () => {
  const writer = threeStreams();
  const state = () =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => [name, statSync(join(directory, name)).mtimeMs]);
  const before = state();
  const temporary = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
  vi.stubEnv('TMPDIR', temporary);
  await drill(writer, 'a');
  vi.unstubAllEnvs();
  expect(state()).toEqual(before);
  expect(readdirSync(temporary)).toEqual([]);
  rmSync(temporary, { recursive: true });
});

test('of a large directory the newest streams are taken, and verify as the part that they are', async () => {
  const writer = threeStreams();
  const sizes = writer.streams.map(({ stream }) => stream.byteLength());
  const { sample, control, attempts } = await drill(writer, 'a', { maxBytes: (sizes[1] ?? 0) + (sizes[2] ?? 0) });
  expect(sample.files).toHaveLength(2);
  expect(control.grade).toBe('SEALED');
  expect(attempts.filter(({ caught }) => !caught)).toEqual([]);
});

test('of one large stream the beginning is taken, up to a note', async () => {
  const writer = threeStreams();
  const [first] = writer.streams;
  for (const { path } of writer.streams.slice(1)) rmSync(join(directory, path));
  const { sample, control, attempts } = await drill(writer, 'a', { maxBytes: (first?.stream.byteLength() ?? 0) - 1 });
  expect(sample.files.map(({ whole }) => whole)).toEqual([false]);
  expect(control.grade).toBe('SEALED');
  expect(control.streams.map(({ state, tailRecords }) => [state, tailRecords])).toEqual([['open', 0]]);
  expect(attempts.filter(({ plan, caught }) => plan !== undefined && !caught)).toEqual([]);
  expect(readFileSync(join(directory, first?.path ?? '')).length).toBe(first?.stream.byteLength());
});

test('a note that came late, behind records of the next, is no way around', async () => {
  const writer = new TestWriter({ label: 'drill/late' });
  const stream = writeOne(writer.start(), '1').seal({ note: false });
  const early = stream.number;
  const late = writeOne(stream, '2').seal({ note: false }).number;
  stream.note(early).note(late);
  put(writer);
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    const result = await drill(writer, seed, { copiedAtMs: writer.clock.wallMs });
    expect(result.control.grade).toBe('SEALED');
    expect(missed(result)).toEqual([]);
  }
});
