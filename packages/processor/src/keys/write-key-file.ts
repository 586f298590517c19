// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KeyError } from './errors.ts';

/**
 * Makes the directory of keys, readable by its owner only, and what is above it with the usual mode. The file
 * `.gitignore` in it keeps the keys out of the repository of somebody who types `git add .`.
 */
export function makeKeyDirectory(directory: string): void {
  try {
    mkdirSync(dirname(directory), { recursive: true, mode: 0o750 });
    mkdirSync(directory, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw notWritable(directory, cause);
  }
  writeExclusively(join(directory, '.gitignore'), '*\n');
}

/**
 * Writes `text` to `file` unless it exists; true when this call made it. The content appears under its name in one
 * step: a crash or a second process never sees half a key, and of two at once one wins and the other reads.
 */
export function writeExclusively(file: string, text: string): boolean {
  const temporary = join(dirname(file), `.new-${randomBytes(8).toString('hex')}`);
  try {
    writeWhole(temporary, text);
    try {
      linkSync(temporary, file);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw cause;
    } finally {
      unlinkSync(temporary);
    }
    syncDirectory(dirname(file));
    return true;
  } catch (cause) {
    throw notWritable(file, cause);
  }
}

function writeWhole(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text, 'latin1');
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notWritable(path: string, cause: unknown): KeyError {
  const reason = (cause as NodeJS.ErrnoException).code;
  const message = `${path} cannot be written (${reason}): make its directory writable, or configure where the keys are.`;
  return new KeyError('KEY_NOT_WRITABLE', path, message, { cause });
}
