// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemError } from '../src/system-error.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

it.each([
  ['a file that cannot be read', () => readFileSync('/no/such/file'), 'SOURCE_UNREADABLE', '/no/such/file'],
  ['a directory that cannot be read', () => readdirSync('/no/such/place'), 'SOURCE_UNREADABLE', '/no/such/place'],
  ['no place for temporary files', () => mkdtempSync('/no/such/place/x-'), 'NOT_WRITABLE', 'TMPDIR'],
])('%s is not told as a defect of the command', (_, work, code, named) => {
  const error = systemError(thrownBy(work));
  expect([error?.code, error?.exitCode, error?.message]).toEqual([code, 3, expect.stringContaining(named)]);
});

it.runIf(process.platform === 'linux')('a disk that is full is told as what it is', () => {
  expect(systemError(thrownBy(() => writeFileSync('/dev/full', 'x')))?.message).toContain('(ENOSPC)');
});

it('what has nothing to do with files stays what it is', () => {
  expect(systemError(new Error('a defect'))).toBeUndefined();
  expect(systemError(Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeUndefined();
});
