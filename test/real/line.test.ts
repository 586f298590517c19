// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documents, seal, sealed } from './collector/support/records.ts';
import { type RealLine, realLine } from './support/line.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-real-'));

let line: RealLine;

beforeAll(async () => {
  line = await realLine();
});

afterAll(async () => {
  await line?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('what was sealed arrives in Elasticsearch through an unmodified Collector, byte for byte and once', async () => {
  const { origin } = new URL(line.collector.auditEndpoint);
  await seal(directory, origin, 1_000, 'gzip').shutdown();
  const expected = sealed(directory);
  const found = await documents(line.store, expected.size);
  expect(found.length).toBe(expected.size);
  const stored = new Map(found.map(({ _id, _source }) => [_id, _source.attributes['audit.integrity.payload']]));
  expect(stored).toEqual(expected);
});
