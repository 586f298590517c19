// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { KeyError } from './errors.ts';
import { readKeyFile } from './read-key-file.ts';

const BYTES = 32;

/** Key of keyed hashes, read from its file. */
export interface Secret {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  readonly warnings: readonly string[];
}

/** Reads a file with base64 of 32 bytes and at most one newline. Throws KeyError. */
export function readSecret(file: string): Secret {
  const { text, warnings } = readKeyFile(file);
  const base64 = text.replace(/\r?\n$/, '');
  const bytes = Buffer.from(base64, 'base64');
  const remedy = 'it must be base64 of 32 random bytes, as `openssl rand -base64 32` prints it';
  if (bytes.toString('base64') !== base64) {
    throw new KeyError('KEY_MALFORMED', file, `${file} is not base64: ${remedy}.`);
  }
  if (bytes.length !== BYTES) {
    throw new KeyError('KEY_WRONG_LENGTH', file, `${file} holds ${bytes.length} bytes: ${remedy}.`);
  }
  return { bytes, warnings };
}

/** 32 fresh random bytes as base64 and a newline. */
export function newSecretText(): string {
  return `${randomBytes(BYTES).toString('base64')}\n`;
}
