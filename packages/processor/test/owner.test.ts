// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import fs, { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { nodeFileSystem } from '../src/file-system.ts';
import { claimWriter, type OwnerClaim } from '../src/owner.ts';
import { type Liveness, type ProcessTable, systemProcessTable, type ThreadIdentity } from '../src/process-identity.ts';
import { temporaryDirectory } from './support/test-pipeline.ts';

const processes = systemProcessTable(nodeFileSystem);
let writers = 0;

function claim(dataDir: string, table: ProcessTable = processes, files = nodeFileSystem): OwnerClaim {
  return claimWriter({
    files,
    processes: table,
    dataDir,
    newWriterId: () => (++writers).toString(16).padStart(16, '0'),
    now: Date.now,
  });
}

function judging(liveness: Liveness): ProcessTable {
  return { self: processes.self, liveness: () => liveness };
}

test('a living owner keeps its directory, within one thread as well', () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  const second = claim(dataDir);
  expect(second.writerId).not.toBe(first.writerId);
  expect(first.superseded()).toBe(false);
});

test('a released directory is taken over by the next number', () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  first.release();
  const second = claim(dataDir);
  expect(second.writerId).toBe(first.writerId);
  expect(readdirSync(second.directory).sort()).toEqual(['owner.000001.released', 'owner.000002']);
});

test("a dead owner's directory is taken over once, and the owner would notice", () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  const second = claim(dataDir, judging('dead'));
  expect(second.writerId).toBe(first.writerId);
  expect(first.superseded()).toBe(true);
  expect(second.superseded()).toBe(false);
});

test('one of two who find the same owner dead gets the directory', () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  // The rival links its claim after our look at the directory and before our own link.
  let rival: OwnerClaim | undefined;
  const files = new Proxy(nodeFileSystem, {
    get(target, name) {
      if (name !== 'linkSync') return Reflect.get(target, name) as unknown;
      return (existing: string, path: string) => {
        rival ??= claim(dataDir, judging('dead'));
        target.linkSync(existing, path);
      };
    },
  });
  const loser = claim(dataDir, judging('dead'), files);
  expect(rival?.writerId).toBe(first.writerId);
  expect(loser.writerId).not.toBe(first.writerId);
  expect(rival?.superseded()).toBe(false);
});

test('an owner that nobody can ask about is dead only after a long silence', () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  expect(claim(dataDir, judging('unknown')).writerId).not.toBe(first.writerId);
  const past = new Date(Date.now() - 200_000);
  utimesSync(join(first.directory, 'owner.000001'), past, past);
  expect(claim(dataDir, judging('unknown')).writerId).toBe(first.writerId);
});

test('a segment that still grows keeps an owner that nobody can ask about', () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  const past = new Date(Date.now() - 200_000);
  utimesSync(join(first.directory, 'owner.000001'), past, past);
  writeFileSync(join(first.directory, '01a1fd95-c767-76f4-9a66-b7fcfaf4d4a1.ndjson'), '');
  expect(claim(dataDir, judging('unknown')).writerId).not.toBe(first.writerId);
});

test('a claim without content, as a power cut leaves it, does not stop the start', () => {
  const dataDir = temporaryDirectory();
  const first = claim(dataDir);
  writeFileSync(join(first.directory, 'owner.000001'), '');
  expect(claim(dataDir).writerId).not.toBe(first.writerId);
});

test('strangers in the directory of writers are left alone', () => {
  const dataDir = temporaryDirectory();
  mkdirSync(join(dataDir, 'writers', 'lost+found'), { recursive: true });
  writeFileSync(join(dataDir, 'writers', 'notes.txt'), '');
  expect(claim(dataDir).writerId).toMatch(/^[0-9a-f]{16}$/);
});

test('a file system without hard links still has one winner', () => {
  const dataDir = temporaryDirectory();
  const files = new Proxy(nodeFileSystem, {
    get(target, name) {
      if (name !== 'linkSync') return Reflect.get(target, name) as unknown;
      return () => {
        throw Object.assign(new Error('no links here'), { code: 'EPERM' });
      };
    },
  });
  const first = claim(dataDir, processes, files);
  expect(claim(dataDir, processes, files).writerId).not.toBe(first.writerId);
  const owner = JSON.parse(readFileSync(join(first.directory, 'owner.000001'), 'utf8')) as ThreadIdentity;
  expect(owner.pid).toBe(process.pid);
});

test('this thread is alive, and not after another boot, under another start time or another thread id', () => {
  const self = processes.self();
  expect(processes.liveness(self)).toBe('alive');
  if (self.bootId === '') return;
  expect(processes.liveness({ ...self, bootId: 'another' })).toBe('dead');
  expect(processes.liveness({ ...self, processStart: '1' })).toBe('dead');
  expect(processes.liveness({ ...self, threadStart: '1' })).toBe('dead');
  expect(processes.liveness({ ...self, osThreadId: 4_194_305 })).toBe('dead');
  expect(processes.liveness({ ...self, pidNamespace: 'pid:[1]' })).toBe('unknown');
});

test('a process that has ended is dead, and so is one that waits for its parent to notice', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const childPid = child.pid ?? 0;
  const files = { ...nodeFileSystem, readFileSync: fs.readFileSync as typeof nodeFileSystem.readFileSync };
  const stat = files.readFileSync(`/proc/${childPid}/stat`).toString('latin1');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const identity = { ...processes.self(), pid: childPid, processStart: start, osThreadId: 0, threadStart: '' };
  expect(processes.liveness(identity)).toBe('alive');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  expect(processes.liveness(identity)).toBe('dead');
});

test('a worker thread that was terminated is dead while its process lives', async () => {
  const module = new URL('../dist/process-identity.js', import.meta.url).href;
  const code = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(module)}).then(({ systemProcessTable }) => {
      parentPort.postMessage(systemProcessTable(require('node:fs')).self());
      setInterval(() => {}, 1000);
    });`;
  const worker = new Worker(code, { eval: true });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const identity = await new Promise<ThreadIdentity>((resolve) => worker.once('message', resolve));
  expect(processes.liveness(identity)).toBe('alive');
  await worker.terminate();
  if (identity.osThreadId !== 0) expect(processes.liveness(identity)).toBe('dead');
});
