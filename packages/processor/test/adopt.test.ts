// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultyFs } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { adoptNewest } from '../src/adopt.ts';
import { nodeFileSystem } from '../src/file-system.ts';
import type { Predecessor } from '../src/stream-events.ts';
import { temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

interface Left {
  readonly directory: string;
  readonly file: string;
  readonly bytes: Buffer;
}

/** A directory with one stream that ended, or was left open: without its close record and the note over it. */
async function left(end: 'closed' | 'open'): Promise<Left> {
  const dataDir = temporaryDirectory();
  const pipeline = testPipeline(dataDir);
  for (let at = 0; at < 5; at++) pipeline.emit(`r${at}`);
  await pipeline.shutdown();
  const [writer = ''] = readdirSync(join(dataDir, 'writers'));
  const directory = join(dataDir, 'writers', writer);
  const file = join(directory, readdirSync(directory).find((name) => name.endsWith('.ndjson')) ?? '');
  if (end === 'open') {
    const text = readFileSync(file, 'latin1');
    truncateSync(file, text.lastIndexOf('\n', text.indexOf('stepseal.stream.close')) + 1);
  }
  return { directory, file, bytes: readFileSync(file) };
}

function adopt(directory: string): Predecessor {
  return adoptNewest(nodeFileSystem, directory);
}

test('a stream that ended is named as ended, with its whole length', async () => {
  const { directory, bytes } = await left('closed');
  expect(adopt(directory)).toMatchObject({ cause: 'closed', validBytes: bytes.length });
});

test('bytes behind a closing note are not adopted: they are not the stream', async () => {
  const { directory, file, bytes } = await left('closed');
  appendFileSync(file, 'something else\n');
  expect(adopt(directory)).toMatchObject({ cause: 'closed', validBytes: bytes.length });
});

/** What a crash can leave behind the last whole line; everything of it is measured, nothing is cut off. */
const TORN: [string, (bytes: Buffer) => Buffer][] = [
  ['nothing', () => Buffer.alloc(0)],
  ['half a line', (bytes) => bytes.subarray(0, 300)],
  ['a whole line without its line feed', (bytes) => bytes.subarray(0, bytes.indexOf(0x0a))],
  ['zeros', () => Buffer.alloc(4096)],
  ['a line that is no record', () => Buffer.from('{"a":1}\n')],
  ['a genuine record of another place', (bytes) => bytes.subarray(0, bytes.indexOf(0x0a) + 1)],
  ['half a note', () => Buffer.from('{"note":"bank.test/stream/')],
  ['more than one chunk of a line that never ends', () => Buffer.alloc(3_000_000, 0x61)],
];

test.each(TORN)('after a crash that left %s, the torn bytes are named by length and hash', async (_, make) => {
  const { directory, file, bytes } = await left('open');
  const torn = make(bytes);
  appendFileSync(file, torn);
  const hash = { tornSha256: createHash('sha256').update(torn).digest('hex') };
  expect(adopt(directory)).toEqual({
    cause: 'crash',
    streamId: file.slice(-43, -7),
    number: 7,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    validBytes: bytes.length,
    tornBytes: torn.length,
    ...(torn.length === 0 ? {} : hash),
  });
  expect(readFileSync(file).length).toBe(bytes.length + torn.length);
});

test('a close record without its note is the tail of a crash', async () => {
  const { directory, file } = await left('closed');
  const text = readFileSync(file, 'latin1');
  truncateSync(file, text.lastIndexOf('\n', text.length - 2) + 1);
  expect(adopt(directory)).toMatchObject({ cause: 'crash', tornBytes: 0 });
});

test('a file without one valid line is set aside, and the stream before it is named', async () => {
  const { directory, file, bytes } = await left('open');
  const newer = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
  writeFileSync(join(directory, `${newer}.ndjson`), bytes.subarray(0, 200));
  expect(adopt(directory)).toMatchObject({ cause: 'crash', streamId: file.slice(-43, -7) });
  expect(readdirSync(directory)).toContain(`${newer}.torn`);
});

test('a stream that another names is never named again, whatever their ids say of their age', async () => {
  const { directory } = await left('closed');
  await testPipeline(join(directory, '..', '..')).shutdown();
  const [, second = ''] = readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson'))
    .sort();
  // As older software left it when the clock was set back: the id of the later stream sorts first.
  const id = '00000000-0000-7000-8000-000000000000';
  const text = readFileSync(join(directory, second), 'utf8').replaceAll(second.slice(0, 36), id);
  rmSync(join(directory, second));
  writeFileSync(join(directory, `${id}.ndjson`), text);
  expect(adopt(directory)).toMatchObject({ streamId: id, number: 1 });
});

test('the old file is synced before it is believed; if that fails nothing is adopted', async () => {
  const { directory } = await left('open');
  const files = new FaultyFs(directory, { kind: 'EIO', from: 1, to: 100, only: ['fdatasyncSync'] });
  expect(() => adoptNewest(files, directory)).toThrow('EIO');
});

test('an empty directory has no predecessor', () => {
  expect(adopt(temporaryDirectory())).toEqual({ cause: 'first' });
});
