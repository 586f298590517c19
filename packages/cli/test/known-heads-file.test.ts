// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grade, KnownHeads, Report } from '@stepseal/verifier';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { readKnownHeadsFile, updateKnownHeadsFile } from '../src/known-heads-file.ts';

const root = mkdtempSync(join(tmpdir(), 'stepseal-heads-'));
let cwd = root;
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'case-'));
});

function report(grade: Grade, size: number): Report {
  const root32 = Buffer.alloc(32, size).toString('base64');
  const knownHeads: KnownHeads = {
    streams: new Map([
      ['01a19b7c-a680-747c-b91f-205bbf08b084', { deployment: 'local', size, root: root32, closed: false }],
    ]),
    writers: new Map(),
  };
  return { grade, knownHeads } as Report;
}

function run(grade: Grade, size: number): string {
  return updateKnownHeadsFile(readKnownHeadsFile(cwd, [join(cwd, 'data')], 'heads.json'), report(grade, size));
}

function text(): string {
  return readFileSync(join(cwd, 'heads.json'), 'utf8');
}

it.each(['SEALED', 'INCOMPLETE'] as const)('are written after %s', (grade) => {
  expect(run(grade, 1)).toBe('written for the first time');
  expect(run(grade, 1)).toBe('unchanged');
  expect(run(grade, 2)).toBe('brought up to date');
  expect(text()).toContain('"size": 2');
});

it.each(['TAMPERED', 'CANNOT_VERIFY'] as const)('are not touched after %s, so that no later run forgets', (grade) => {
  run('SEALED', 1);
  const before = text();
  expect(run(grade, 2)).toContain('left as they were');
  expect(text()).toBe(before);
});

it('of another run that ended meanwhile are not overwritten with older ones', () => {
  const slow = readKnownHeadsFile(cwd, [join(cwd, 'data')], 'heads.json');
  run('SEALED', 9);
  const newer = text();
  expect(updateKnownHeadsFile(slow, report('SEALED', 1))).toContain('another run');
  expect(text()).toBe(newer);
});

it('are not written below a directory that turns out to be data', () => {
  writeFileSync(join(cwd, 'writers'), '');
  expect(() => readKnownHeadsFile(cwd, [join(cwd, 'data')], 'heads.json')).toThrow(/data directory/);
});
