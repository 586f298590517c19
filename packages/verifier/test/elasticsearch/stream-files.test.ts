// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordHash } from '@stepseal/core/format';
import { expect, onTestFinished, test } from 'vitest';
import { StreamFiles } from '../../src/elasticsearch/stream-files.ts';

test('of any number of records that claim one place each is kept once', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const files = new StreamFiles(directory);
  const stream = '01a19b7c-a680-793a-8ad9-c15da2c77f64';
  const lines = Array.from({ length: 3_000 }, (_, at) => Buffer.from(`{"attributes":{"made":${at}}}`));
  for (const line of [...lines, ...lines]) files.addRecord(stream, 7, recordHash(line), line, undefined);
  files.finish();
  const written = readFileSync(files.path(stream), 'utf8').trimEnd().split('\n');
  expect(written.sort()).toEqual(lines.map(String).sort());
});
