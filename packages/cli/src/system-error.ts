// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { CliError } from './errors.ts';

/** No room, or none that may be written to. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG']);
const WRITES: ReadonlySet<string> = new Set(['write', 'mkdir', 'mkdtemp', 'rename', 'fsync']);
const READS: ReadonlySet<string> = new Set([
  'open',
  'read',
  'scandir',
  'opendir',
  'stat',
  'lstat',
  'fstat',
  'realpath',
]);

/** What the system refused in the middle of some work is no defect of a command; undefined for any other error. */
export function systemError(cause: unknown): CliError | undefined {
  if (!(cause instanceof Error) || !('syscall' in cause)) return undefined;
  const { code = '', syscall = '', path } = cause as NodeJS.ErrnoException;
  if (NO_ROOM.has(code) || WRITES.has(syscall)) {
    const message = `${path ?? 'A file'} cannot be written (${code}): is there room, also for temporary files (TMPDIR)?`;
    return new CliError('NOT_WRITABLE', message, { cause });
  }
  if (!READS.has(syscall)) return undefined;
  const message = `${path ?? 'A file'} cannot be read (${code}): check its permissions.`;
  return new CliError('SOURCE_UNREADABLE', message, { cause });
}
