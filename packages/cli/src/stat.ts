// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Stats, statSync } from 'node:fs';
import { CliError } from './errors.ts';

/** What lies at `path`, links followed; undefined when nothing does. Throws CliError SOURCE_UNREADABLE. */
export function statIfPresent(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new CliError('SOURCE_UNREADABLE', `${path} cannot be read (${reason}): check its permissions.`, { cause });
  }
}
