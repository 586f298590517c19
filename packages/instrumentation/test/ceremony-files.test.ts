// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFileSync } from 'node:child_process';
import fs, { globSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryEntries } from '../src/ceremony/store/entries.ts';
import { FileEntries, type FileEntriesOptions } from '../src/ceremony/store/file-entries.ts';

const ID = 'Zk3q0sXvT9m4Lw8aRb1cYQ';

let base: string;
let directory: string;
let failures: unknown[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'stepseal-entries-'));
  directory = join(base, 'ceremonies');
  failures = [];
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function entries(options: Partial<FileEntriesOptions> = {}): FileEntries {
  return new FileEntries({
    directory,
    key: Buffer.alloc(32, 2),
    fallback: new MemoryEntries(1_000_000, () => performance.now()),
    failed: (error) => failures.push(error),
    ...options,
  });
}

const modes = (pattern: string): number[] => [
  ...new Set(globSync(pattern, { cwd: directory }).map((path) => statSync(join(directory, path)).mode & 0o777)),
];

describe('who else may read them is said by the setting for all of the data directory:', () => {
  test('nobody, unless it is set', () => {
    entries().put('open', ID, { a: 1 });
    entries().claim('done', ID, { a: 1 });
    expect([modes('*'), modes('{open,done}/*')]).toEqual([[0o700], [0o600]]);
  });

  test('the group, where it is set', () => {
    entries({ groupReadable: true }).put('open', ID, { a: 1 });
    expect([modes('*'), modes('open/*')]).toEqual([[0o750], [0o640]]);
  });
});

describe('clients cannot fill the disk with step-ups:', () => {
  test('no more files are made than may lie there, even before anybody has counted them', () => {
    const store = entries({ maxFiles: 5 });
    for (let n = 0; n < 100; n += 1) store.put('session', `session-${n}`, { n });
    expect(readdirSync(join(directory, 'session'))).toHaveLength(20);
    expect(store.crowded('session')).toBe(true);
    expect(store.get('session', 'session-99'), 'what finds no place in a file is kept in memory').toEqual({ n: 99 });
    expect(failures).toHaveLength(80);
  });

  test('what lies there already may change however full it is, or an answer would be counted wrong', () => {
    const store = entries({ maxFiles: 5 });
    for (let n = 0; n < 30; n += 1) store.put('open', `open-${n}`, { n });
    store.put('open', 'open-3', { n: 'new' });
    expect(entries().get('open', 'open-3')).toEqual({ n: 'new' });
    expect(failures).toHaveLength(10);
  });

  test('what is removed makes room again', () => {
    const store = entries({ maxFiles: 5 });
    for (let n = 0; n < 100; n += 1) {
      store.put('open', `open-${n}`, { n });
      store.remove('open', `open-${n}`);
      store.remove('open', `open-${n}`);
    }
    expect(store.crowded('open')).toBe(false);
    expect(failures).toEqual([]);
  });

  test('what is longer than an entry may be is not written, since it could not be read', () => {
    const store = entries();
    store.put('open', ID, { text: 'x'.repeat(70_000) });
    expect(globSync('open/*', { cwd: directory })).toEqual([]);
    expect(store.get('open', ID)).toMatchObject({ text: /^x+$/.exec('x'.repeat(70_000))?.[0] });
  });
});

describe('whoever can write the directory cannot stop the application with', () => {
  const put: [title: string, make: (path: string) => void][] = [
    ['a pipe, which nobody writes into', (path) => execFileSync('mkfifo', [path])],
    ['a link to a device without an end', (path) => symlinkSync('/dev/zero', path)],
    ['a file of a terabyte', (path) => (execFileSync('touch', [path]), truncateSync(path, 2 ** 40))],
    ['a directory', (path) => execFileSync('mkdir', [path])],
  ];
  test.each(put)('%s: it is not opened', (_title, make) => {
    entries().put('open', ID, { a: 1 });
    make(join(directory, 'open/other'));
    const opened: unknown[] = [];
    const readFileSync = ((path: string) => {
      opened.push(path);
      return '';
    }) as unknown as typeof fs.readFileSync;
    expect(entries({ files: { ...fs, readFileSync } }).get('open', 'other')).toBeUndefined();
    expect([opened, failures]).toEqual([[], []]);
  });
});

describe('on a disk that cannot be written for a while', () => {
  const full = (): never => {
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  };

  test('an end that somebody else has claimed before is not claimed again: it can still be read', () => {
    entries().claim('done', ID, { by: 'another' });
    expect(entries({ files: { ...fs, writeFileSync: full } }).claim('done', ID, { by: 'me' })).toBe(false);
  });

  test('what is kept in memory meanwhile goes when it is removed, or an ended step-up would end once more', () => {
    let writeFileSync: typeof fs.writeFileSync = full;
    const files = { ...fs, writeFileSync: ((...args) => writeFileSync(...args)) as typeof fs.writeFileSync };
    const store = entries({ files });
    store.put('open', ID, { a: 1 });
    expect(store.get('open', ID)).toEqual({ a: 1 });
    writeFileSync = fs.writeFileSync;
    store.remove('open', ID);
    expect(store.get('open', ID)).toBeUndefined();
  });
});
