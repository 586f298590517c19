// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEvent } from '@stepseal/core/format';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toldEnds } from '../src/ceremony/store/told-ends.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'stepseal-told-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

let number = 0;

function line(id: string, event: 'required' | 'completed' = 'completed'): string {
  number += 1;
  return encodeEvent(
    {
      eventName: `step_up.${event}`,
      timestampMs: 1_700_000_000_000,
      observedTimestampMs: 1_700_000_000_000,
      body: 'A sentence about "step_up.completed" and another step-up.',
      attributes: { 'step_up.id': id, 'step_up.outcome': 'passed' },
    },
    {
      recordId: '01a1fd97-1204-74cd-8c12-ebdc5b974622',
      streamId: '01a1fd97-1203-7d6a-9e2b-d1ddd778f93b',
      number,
    },
  );
}

function segment(name: string, text: string): string {
  const path = join(dataDir, 'writers', name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const told = async (ids: readonly string[], sinceMs = 0): Promise<string[]> =>
  [...(await toldEnds(dataDir, new Set(ids), sinceMs))].sort();

test('ends are found in every segment of every writer, wherever a read happens to stop', async () => {
  const ids = Array.from({ length: 6000 }, (_value, index) => `id-${index}`);
  const text = ids.map((id) => `${line(id)}\n`).join('');
  expect(text.length).toBeGreaterThan(2 * 1024 * 1024);
  segment('one/a.ndjson', text);
  segment('two/b.ndjson', `${line('other')}\n`);
  expect(await told([...ids, 'other', 'missing'])).toEqual([...ids, 'other'].sort());
});

test('a demand, a torn line and a line of another kind are no end', async () => {
  const torn = line('torn');
  segment('one/a.ndjson', `${line('demanded', 'required')}\n{"note":"step_up.completed"}\n${torn.slice(0, -20)}`);
  expect(await told(['demanded', 'torn'])).toEqual([]);
});

test('a line longer than any record does not hide those after it', async () => {
  segment('one/a.ndjson', `${'x'.repeat(3_000_000)}\n${line('after')}\n`);
  expect(await told(['after'])).toEqual(['after']);
});

test('files that have not changed since are not read, and a directory that is missing holds none', async () => {
  expect(await told(['old'])).toEqual([]);
  const path = segment('one/a.ndjson', `${line('old')}\n`);
  utimesSync(path, 1000, 1000);
  expect(await told(['old'], 2_000_000)).toEqual([]);
  expect(await told(['old'], 999_000)).toEqual(['old']);
});
