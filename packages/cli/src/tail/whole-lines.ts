// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LIMITS } from '@stepseal/core/format';
import { LF } from '../search/line-bytes.ts';
import { absentAsUndefined } from './absent.ts';

const CHUNK_BYTES = 1 << 18;
/** Whoever can write the directory may put a pipe in the place of a file: opening it must not wait for a writer. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export interface WholeLine {
  /** Without its line feed; overwritten by the next read. */
  readonly bytes: Buffer;
  readonly offset: number;
  /** Where the next line begins. */
  readonly end: number;
}

/**
 * The whole lines of a file that is being written, from `offset` on, without the last one while its line feed is missing.
 * Those longer than any record are passed over. Nothing where the file is gone or is none: a directory is written to by
 * others.
 */
export function* wholeLines(path: string, offset: number): Generator<WholeLine> {
  const fd = open(path);
  if (fd === undefined) return;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let start = offset;
    let overlong = false;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(fd, chunk, 0, CHUNK_BYTES, start + rest.length);
      if (count === 0) return;
      const bytes = rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
      let from = 0;
      for (let end = bytes.indexOf(LF, rest.length); end !== -1; end = bytes.indexOf(LF, from)) {
        if (!overlong) yield { bytes: bytes.subarray(from, end), offset: start + from, end: start + end + 1 };
        overlong = false;
        from = end + 1;
      }
      rest = bytes.subarray(from);
      start += from;
      if (rest.length > LIMITS.payloadBytes) {
        start += rest.length;
        rest = Buffer.alloc(0);
        overlong = true;
      }
    }
  } finally {
    closeSync(fd);
  }
}

/** Length of a file; undefined where there is none. */
export function fileSize(path: string): number | undefined {
  const fd = open(path);
  if (fd === undefined) return undefined;
  try {
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number | undefined {
  const fd = absentAsUndefined(path, () => openSync(path, OPEN_FLAGS));
  if (fd === undefined || fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}
