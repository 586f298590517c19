// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { CliError } from '../errors.ts';

/** What is not there, not of its kind, or a link in a circle. Files come and go while they are followed. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO']);

/** A feed that may not read a writer's files would leave records out in silence. Throws CliError SOURCE_UNREADABLE. */
export function absentAsUndefined<T>(path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (ABSENT.has(code)) return undefined;
    throw new CliError('SOURCE_UNREADABLE', `${path} cannot be read (${code}): check its permissions.`, { cause });
  }
}
