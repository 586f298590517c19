// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { FileSystem } from './file-system.ts';

const CALLS = [
  'readdirSync',
  'readFileSync',
  'readlinkSync',
  'fstatSync',
  'statSync',
  'readSync',
  'writeSync',
  'ftruncateSync',
  'fdatasync',
  'fdatasyncSync',
  'fsyncSync',
  'closeSync',
  'linkSync',
  'renameSync',
  'unlinkSync',
  'rmdirSync',
] as const satisfies readonly (keyof FileSystem)[];

const OWNER = 0o700;
const GROUP = 0o050;

/**
 * The same file system, where what is created is its owner's alone, or the group's to read as well, whatever the umask
 * says. Nobody else ever gets at it. Modes of what exists are left alone.
 */
export function withPermissions(files: FileSystem, groupReadable: boolean): FileSystem {
  const allowed = (mode: number): number => mode & (groupReadable ? OWNER | GROUP : OWNER);
  const bound = Object.fromEntries(CALLS.map((name) => [name, files[name].bind(files)])) as Pick<
    FileSystem,
    (typeof CALLS)[number]
  >;
  const openToGroup = (path: string, mode: number): void => {
    if (!groupReadable) return;
    let fd: number | undefined;
    try {
      fd = files.openSync(path, 'r');
      // Bits beyond the permissions stay: a set-group-id directory hands its group on.
      files.fchmodSync(fd, (files.statSync(path).mode & 0o7777) | mode);
    } catch {
      // Somebody else's directory: he decides who reads it.
    } finally {
      if (fd !== undefined) files.closeSync(fd);
    }
  };
  return {
    ...bound,
    mkdirSync: (path, { recursive, mode }) => {
      const created = files.mkdirSync(path, { recursive, mode: allowed(mode) });
      openToGroup(path, GROUP);
      return created;
    },
    openSync: (path, flags, mode) => {
      if (mode === undefined) return files.openSync(path, flags);
      const fd = files.openSync(path, flags, allowed(mode));
      if (groupReadable && (files.fstatSync(fd).mode & 0o777) !== allowed(mode)) files.fchmodSync(fd, allowed(mode));
      return fd;
    },
    fchmodSync: (fd, mode) => files.fchmodSync(fd, allowed(mode)),
  };
}
