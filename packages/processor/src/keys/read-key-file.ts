// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { KeyError } from './errors.ts';

// A key is some 120 bytes: whatever is larger is not one.
const MAX_BYTES = 16_384;
const WRITABLE_BY_OTHERS = constants.S_IWGRP | constants.S_IWOTH;

export interface KeyFileContent {
  readonly text: string;
  readonly warnings: readonly string[];
}

/**
 * Reads a key file. Who can write it can put a key of their own in its place, so that is an error; who can read it can
 * use the key, which is a warning, since mounted secrets are often readable by the group. Throws KeyError.
 */
export function readKeyFile(file: string): KeyFileContent {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a named pipe put in the file's place would hang the start.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') {
      throw new KeyError('KEY_MISSING', file, `The key file ${file} does not exist: mount it, or correct its path.`);
    }
    throw unreadable(file, reason, cause);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new KeyError('KEY_NOT_A_FILE', file, `${file} is not a regular file: name the key file.`);
    const warnings = checkMode(file, stat.mode);
    if (stat.size > MAX_BYTES) throw new KeyError('KEY_MALFORMED', file, `${file} is too large to be a key file.`);
    const bytes = Buffer.alloc(MAX_BYTES);
    let length = 0;
    for (let got = -1; got !== 0 && length < MAX_BYTES; length += got) {
      got = readSync(descriptor, bytes, length, MAX_BYTES - length, null);
    }
    const text = bytes.toString('latin1', 0, length);
    bytes.fill(0);
    return { text, warnings };
  } catch (cause) {
    if (cause instanceof KeyError) throw cause;
    throw unreadable(file, (cause as NodeJS.ErrnoException).code, cause);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(file: string, reason: string | undefined, cause: unknown): KeyError {
  const message = `The key file ${file} cannot be read (${reason}): let the service's user read it.`;
  return new KeyError('KEY_UNREADABLE', file, message, { cause });
}

function checkMode(file: string, mode: number): string[] {
  // Windows reports no such bits.
  if (process.platform === 'win32') return [];
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new KeyError('KEY_MODE', file, `Others than its owner can write ${file}: run chmod 600 on it.`);
  }
  if ((mode & constants.S_IROTH) !== 0)
    return [`KEY_MODE: every user of this machine can read ${file}: run chmod 600 on it.`];
  return [];
}
