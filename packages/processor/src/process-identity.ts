// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { threadId } from 'node:worker_threads';
import { systemCode } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';

/**
 * One thread of one process, named so that nothing that lives later is taken for it. Empty texts and zeros where the
 * system does not tell.
 */
export interface ThreadIdentity {
  /** Linux: new at every boot. */
  readonly bootId: string;
  /** Linux: pids of different namespaces say nothing of each other. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Linux: clock ticks from boot to the start of the process. */
  readonly processStart: string;
  /** Node's number of the thread, 0 for the main thread. */
  readonly threadId: number;
  /** Linux: the kernel's number of the thread. */
  readonly osThreadId: number;
  /** Linux: as `processStart`, of the thread. */
  readonly threadStart: string;
  /** Random, so that no two claims are alike. */
  readonly nonce: string;
}

/** Whether a thread lives; `unknown` across pid namespaces, where nothing can be asked. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The running threads, as the claims of writer directories need to know them. */
export interface ProcessTable {
  self(): ThreadIdentity;
  liveness(thread: ThreadIdentity): Liveness;
}

/** Reads `/proc` where there is one, and falls back to signal 0. */
export function systemProcessTable(files: FileSystem = nodeFileSystem): ProcessTable {
  return {
    self: () => ownIdentity(files),
    liveness: (thread) => liveness(files, thread),
  };
}

function ownIdentity(files: FileSystem): ThreadIdentity {
  const thread = readStat(files, '/proc/thread-self/stat');
  return {
    bootId: readText(files, '/proc/sys/kernel/random/boot_id'),
    pidNamespace: namespace(files, 'pid'),
    // Not the import of that name, which a start-up snapshot would keep.
    pid: process.pid,
    processStart: readStat(files, '/proc/self/stat')?.start ?? '',
    threadId,
    osThreadId: thread?.id ?? 0,
    threadStart: thread?.start ?? '',
    nonce: randomBytes(8).toString('hex'),
  };
}

function liveness(files: FileSystem, thread: ThreadIdentity): Liveness {
  const bootId = readText(files, '/proc/sys/kernel/random/boot_id');
  if (bootId !== thread.bootId) return bootId === '' || thread.bootId === '' ? 'unknown' : 'dead';
  if (namespace(files, 'pid') !== thread.pidNamespace) return 'unknown';
  const owner = readStat(files, `/proc/${thread.pid}/stat`);
  // Without an entry the process is gone, or hidden from this user.
  if (owner === undefined) return signalled(thread.pid) ? 'alive' : 'dead';
  if (owner.dead || owner.start !== thread.processStart) return 'dead';
  if (thread.osThreadId === 0) return 'alive';
  const task = readStat(files, `/proc/${thread.pid}/task/${thread.osThreadId}/stat`);
  return task !== undefined && !task.dead && task.start === thread.threadStart ? 'alive' : 'dead';
}

function signalled(otherPid: number): boolean {
  try {
    process.kill(otherPid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function readStat(files: FileSystem, path: string): { id: number; start: string; dead: boolean } | undefined {
  const text = readText(files, path);
  // proc_pid_stat(5): the name in brackets may hold spaces and brackets itself; state is field 3, starttime field 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const start = fields[19];
  if (start === undefined) return undefined;
  return { id: Number.parseInt(text, 10), start, dead: fields[0] === 'Z' || fields[0] === 'X' };
}

function namespace(files: FileSystem, kind: string): string {
  try {
    return files.readlinkSync(`/proc/self/ns/${kind}`);
  } catch {
    return '';
  }
}

function readText(files: FileSystem, path: string): string {
  try {
    return files.readFileSync(path).toString('latin1').trim();
  } catch {
    return '';
  }
}
