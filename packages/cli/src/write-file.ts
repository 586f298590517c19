// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from './errors.ts';

/** Replaces a file in one step: a reader sees the old text or the new one. Throws CliError NOT_WRITABLE. */
export function writeFileAtomically(file: string, text: string): void {
  const temporary = join(dirname(file), `.new-${randomBytes(8).toString('hex')}`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o644, flush: true });
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new CliError('NOT_WRITABLE', `${file} cannot be written (${reason}): check its directory.`, { cause });
  }
}
