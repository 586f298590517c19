// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fs from 'node:fs';

/** How a call goes wrong. */
export type FaultKind =
  /** It fails and has done nothing. */
  | 'EIO'
  | 'ENOSPC'
  /** A write writes half of what it was given and says so. Other calls fail with EIO. */
  | 'short'
  /** A write writes half of what it was given and then fails. Other calls do their work and then fail with EIO. */
  | 'late';

/** Calls `from` to `to` of those counted, both included and counted from 1, go wrong. */
export interface Fault {
  readonly kind: FaultKind;
  readonly from: number;
  readonly to: number;
  /** Only these calls fail; all of them count. */
  readonly only?: readonly string[];
}

/** One counted call. */
export interface FileCall {
  readonly name: string;
  readonly path: string;
}

type Callback = (error: Error | null) => void;

/**
 * `node:fs` with faults at chosen calls, which also knows what a power cut would leave: bytes count as durable once an
 * fdatasync that began after them came back, entries of directories once the directory was synced. Nothing is really
 * synced, so that a test may do it a thousand times. Calls outside the given root, such as reads of `/proc`, are passed
 * on and not counted.
 */
export class FaultyFs {
  readonly calls: FileCall[] = [];
  fault: Fault | undefined;
  readonly #root: string;
  readonly #paths = new Map<number, string>();
  readonly #durableBytes = new Map<string, number>();
  readonly #durableEntries = new Set<string>();

  constructor(root: string, fault?: Fault) {
    this.#root = root;
    this.fault = fault;
  }

  mkdirSync(path: string, options: { recursive: true; mode: number }): string | undefined {
    return this.#call('mkdirSync', path, () => fs.mkdirSync(path, options));
  }

  readdirSync(path: string): string[] {
    return this.#call('readdirSync', path, () => fs.readdirSync(path));
  }

  readFileSync(path: string): Buffer {
    return this.#call('readFileSync', path, () => fs.readFileSync(path));
  }

  readlinkSync(path: string): string {
    return this.#call('readlinkSync', path, () => fs.readlinkSync(path));
  }

  rmdirSync(path: string): void {
    this.#call('rmdirSync', path, () => fs.rmdirSync(path));
  }

  statSync(path: string): fs.Stats {
    return this.#call('statSync', path, () => fs.statSync(path));
  }

  fstatSync(fd: number): fs.Stats {
    return this.#call('fstatSync', this.#pathOf(fd), () => fs.fstatSync(fd));
  }

  openSync(path: string, flags: string, mode?: number): number {
    return this.#call('openSync', path, () => {
      const fd = fs.openSync(path, flags, mode);
      this.#paths.set(fd, path);
      return fd;
    });
  }

  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    return this.#call('readSync', this.#pathOf(fd), () => fs.readSync(fd, buffer, offset, length, position));
  }

  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number): number {
    const kind = this.#count('writeSync', this.#pathOf(fd));
    if (kind === 'EIO' || kind === 'ENOSPC') throw systemError(kind, 'write');
    if (kind === undefined) return fs.writeSync(fd, buffer, offset, length);
    const written = fs.writeSync(fd, buffer, offset, Math.ceil(length / 2));
    if (kind === 'late') throw systemError('EIO', 'write');
    return written;
  }

  ftruncateSync(fd: number, length: number): void {
    this.#call('ftruncateSync', this.#pathOf(fd), () => fs.ftruncateSync(fd, length));
  }

  fdatasync(fd: number, callback: Callback): void {
    const path = this.#pathOf(fd);
    const length = sizeOf(fd);
    const kind = this.#count('fdatasync', path);
    if (kind !== undefined) {
      setImmediate(callback, systemError(kind === 'ENOSPC' ? kind : 'EIO', 'fdatasync'));
      return;
    }
    setImmediate(() => {
      this.#endure(path, length);
      callback(null);
    });
  }

  fdatasyncSync(fd: number): void {
    const path = this.#pathOf(fd);
    const length = sizeOf(fd);
    this.#call('fdatasyncSync', path, () => {});
    this.#endure(path, length);
  }

  /** Only directories are synced this way. */
  fsyncSync(fd: number): void {
    const path = this.#pathOf(fd);
    this.#call('fsyncSync', path, () => {});
    for (const name of fs.readdirSync(path)) this.#durableEntries.add(`${path}/${name}`);
  }

  fchmodSync(fd: number, mode: number): void {
    this.#call('fchmodSync', this.#pathOf(fd), () => fs.fchmodSync(fd, mode));
  }

  closeSync(fd: number): void {
    const path = this.#pathOf(fd);
    this.#paths.delete(fd);
    // A descriptor is gone even when its close reports an error.
    try {
      this.#call('closeSync', path, () => {});
    } finally {
      fs.closeSync(fd);
    }
  }

  linkSync(existing: string, path: string): void {
    this.#call('linkSync', path, () => fs.linkSync(existing, path));
  }

  renameSync(from: string, to: string): void {
    this.#call('renameSync', from, () => {
      fs.renameSync(from, to);
      const bytes = this.#durableBytes.get(from);
      if (bytes !== undefined) this.#durableBytes.set(to, bytes);
    });
  }

  unlinkSync(path: string): void {
    this.#call('unlinkSync', path, () => fs.unlinkSync(path));
  }

  /**
   * Does to the files with this ending what a power cut may do at its worst: what was not durable is gone. Every later
   * call fails, as if the process had gone with the power.
   */
  powerCut(ending: string): void {
    this.fault = { kind: 'EIO', from: 1, to: Number.MAX_SAFE_INTEGER };
    for (const entry of fs.readdirSync(this.#root, { recursive: true, withFileTypes: true })) {
      const path = `${entry.parentPath}/${entry.name}`;
      if (!entry.isFile() || !path.endsWith(ending)) continue;
      if (!this.#durableEntries.has(path)) fs.unlinkSync(path);
      else fs.truncateSync(path, this.#durableBytes.get(path) ?? 0);
    }
  }

  /** An fdatasync that began earlier may come back later. */
  #endure(path: string, length: number): void {
    this.#durableBytes.set(path, Math.max(length, this.#durableBytes.get(path) ?? 0));
  }

  #call<T>(name: string, path: string, work: () => T): T {
    const kind = this.#count(name, path);
    if (kind === undefined) return work();
    if (kind === 'late') work();
    throw systemError(kind === 'ENOSPC' ? kind : 'EIO', name);
  }

  #count(name: string, path: string): FaultKind | undefined {
    if (path !== this.#root && !path.startsWith(`${this.#root}/`)) return undefined;
    this.calls.push({ name, path });
    const at = this.calls.length;
    const fault = this.fault;
    if (fault === undefined || at < fault.from || at > fault.to) return undefined;
    return fault.only === undefined || fault.only.includes(name) ? fault.kind : undefined;
  }

  #pathOf(fd: number): string {
    return this.#paths.get(fd) ?? '';
  }
}

function sizeOf(fd: number): number {
  return fs.fstatSync(fd).size;
}

function systemError(code: 'EIO' | 'ENOSPC', call: string): Error {
  return Object.assign(new Error(`${code}: injected, ${call}`), { code, syscall: call });
}
