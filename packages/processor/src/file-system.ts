// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import fs from 'node:fs';

/** Called with the error, or with null. */
export type SyncCallback = (error: Error | null) => void;

/**
 * The calls of `node:fs` the sealer makes, and no others, so that a test can make each of them fail. Sizes and positions
 * are in bytes.
 */
export interface FileSystem {
  mkdirSync(path: string, options: { recursive: true; mode: number }): string | undefined;
  readdirSync(path: string): string[];
  readFileSync(path: string): Buffer;
  readlinkSync(path: string): string;
  fstatSync(fd: number): { readonly size: number; readonly mode: number };
  statSync(path: string): { readonly size: number; readonly mtimeMs: number; readonly mode: number };
  openSync(path: string, flags: string, mode?: number): number;
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number): number;
  ftruncateSync(fd: number, length: number): void;
  fdatasync(fd: number, callback: SyncCallback): void;
  fdatasyncSync(fd: number): void;
  fsyncSync(fd: number): void;
  fchmodSync(fd: number, mode: number): void;
  closeSync(fd: number): void;
  linkSync(existing: string, path: string): void;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  rmdirSync(path: string): void;
}

// Windows has no O_NONBLOCK and no O_NOFOLLOW: or-ed with the others, undefined is 0.
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOFOLLOW } = fs.constants;

/** Flags to open a file for reading, see {@link nodeFileSystem}. */
export const READ_FLAGS: number = O_RDONLY | O_NONBLOCK;

const FLAGS: Readonly<Record<string, number>> = {
  r: READ_FLAGS,
  a: O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOFOLLOW,
};

/**
 * The real file system. Whoever can write a directory decides what lies under a name there: no pipe makes this process
 * wait, and no link makes it write elsewhere.
 */
export const nodeFileSystem: FileSystem = {
  ...(fs as FileSystem),
  openSync: (path, flags, mode) => fs.openSync(path, FLAGS[flags] ?? flags, mode),
};

/** Whether it is a file and nothing else: no directory, no pipe, no device. */
export function isRegular({ mode }: { readonly mode: number }): boolean {
  return (mode & fs.constants.S_IFMT) === fs.constants.S_IFREG;
}

/** Makes creations, links and renames in `directory` survive a power cut. */
export function syncDirectory(files: FileSystem, directory: string): void {
  const fd = files.openSync(directory, 'r');
  try {
    files.fsyncSync(fd);
  } finally {
    files.closeSync(fd);
  }
}
