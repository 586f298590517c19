// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const CHUNK_BYTES = 1 << 20;

export interface CopiedFile {
  readonly bytes: number;
  /** Lower-case hex, of the copy. */
  readonly sha256: string;
}

/** Copies the first `limit` bytes of a file that is opened for reading only; in constant memory. */
export function copyStream(from: string, to: string, limit: number = Number.POSITIVE_INFINITY): CopiedFile {
  mkdirSync(dirname(to), { recursive: true });
  const source = openSync(from, 'r');
  try {
    const target = openSync(to, 'wx', 0o444);
    try {
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      let bytes = 0;
      while (bytes < limit) {
        const count = readSync(source, buffer, 0, Math.min(CHUNK_BYTES, limit - bytes), bytes);
        if (count === 0) break;
        const piece = buffer.subarray(0, count);
        hash.update(piece);
        for (let at = 0; at < count; ) at += writeSync(target, piece, at);
        bytes += count;
      }
      return { bytes, sha256: hash.digest('hex') };
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
