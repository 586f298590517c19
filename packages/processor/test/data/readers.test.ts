// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listWriters, readCursor, readHealth, readSetAside } from '../../src/data/index.ts';

const FIRST = '019340a1-0000-7000-8000-0a1b2c3d4e5f';
const SECOND = '019340a2-0000-7000-8000-0a1b2c3d4e5f';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'stepseal-data-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('nothing there reads as nothing, without an error', () => {
  const missing = join(directory(), 'missing');
  expect([readCursor(missing), readSetAside(missing), readHealth(missing), listWriters(missing)]).toEqual([
    undefined,
    [],
    [],
    [],
  ]);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"version":2}',
  `{"version":1,"streamId":"../../etc","number":1,"offset":1,"updatedMs":1}`,
  `{"version":1,"streamId":"${FIRST}","number":-1,"offset":1,"updatedMs":1}`,
  `{"version":1,"streamId":"${FIRST}","number":1.5,"offset":1,"updatedMs":1}`,
  `{"version":1,"streamId":"${FIRST}","number":1e300,"offset":1,"updatedMs":1}`,
  `{"version":1,"streamId":"${FIRST}","number":1,"offset":1,"updatedMs":1}${' '.repeat(10_000)}`,
])('a cursor of %j counts as none', (text) => {
  const path = directory();
  writeFileSync(join(path, 'delivery.json'), text);
  expect(readCursor(path)).toBeUndefined();
});

test('a set-aside list gives each record once and leaves out what is torn', () => {
  const path = directory();
  const entry = {
    streamId: FIRST,
    number: 7,
    hash: 'h',
    eventName: 'e',
    answer: 'bad_request',
    status: 400,
    timeMs: 1,
  };
  const lines = [entry, { ...entry, status: 413 }, { ...entry, number: 8 }, { ...entry, number: 'x' }];
  writeFileSync(
    join(path, 'set-aside.ndjson'),
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"streamId":"0`,
  );
  expect(readSetAside(path)).toEqual([
    { ...entry, status: 413 },
    { ...entry, number: 8 },
  ]);
});

test.skipIf(process.platform === 'win32')('a pipe in place of a file keeps no reader waiting', () => {
  const path = directory();
  execFileSync('mkfifo', [join(path, 'delivery.json'), join(path, 'set-aside.ndjson')]);
  expect(readCursor(path)).toBeUndefined();
  expect(readSetAside(path)).toEqual([]);
});

test('writers are listed with their newest claim and their streams in order, and nothing else', () => {
  const dataDir = directory();
  const writer = join(dataDir, 'writers', '0123456789abcdef');
  mkdirSync(writer, { recursive: true });
  mkdirSync(join(dataDir, 'writers', 'not-a-writer'));
  for (const name of [`${SECOND}.ndjson`, `${FIRST}.ndjson`, `${FIRST}.torn`, 'set-aside.ndjson', 'x.ndjson']) {
    writeFileSync(join(writer, name), 'abc\n');
  }
  chmodSync(join(writer, `${FIRST}.ndjson`), 0o444);
  writeFileSync(join(writer, 'owner.000001.released'), '{}');
  writeFileSync(join(writer, 'owner.000002'), '{"pid":7,"threadId":0,"bootId":"b"}');
  expect(listWriters(dataDir)).toMatchObject([
    {
      writerId: '0123456789abcdef',
      directory: writer,
      owner: { number: 2, released: false, pid: 7, threadId: 0 },
      segments: [
        { streamId: FIRST, bytes: 4, closed: true },
        { streamId: SECOND, bytes: 4, closed: false },
      ],
    },
  ]);
});
