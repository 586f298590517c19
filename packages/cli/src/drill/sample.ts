// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { directorySource } from '@stepseal/verifier';

/** One file of the original, and how much of it is looked at. */
export interface SampledFile {
  readonly path: string;
  /** Within the directory. */
  readonly name: string;
  readonly bytes: number;
  /** False where the file goes on. */
  readonly whole: boolean;
}

/** What of a directory a drill is held on. */
export interface Sample {
  readonly files: readonly SampledFile[];
  readonly bytes: number;
  /** Segments of the directory, and their bytes, sampled or not. */
  readonly allFiles: number;
  readonly allBytes: number;
}

/**
 * Everything, where that is at most `maxBytes`; else the newest streams of the writer that wrote last, without a gap, so
 * that each is followed by the next; of a stream that is larger by itself its beginning.
 */
export async function chooseSample(directory: string, maxBytes: number): Promise<Sample> {
  const all: SampledFile[] = [];
  for (const { name: path } of await directorySource(directory).segments()) {
    // A service may prune its oldest streams between the listing and this line.
    const size = (await stat(path).catch(() => undefined))?.size;
    if (size !== undefined) all.push({ path, name: relative(directory, path), bytes: size, whole: true });
  }
  const allBytes = all.reduce((sum, { bytes }) => sum + bytes, 0);
  const files = allBytes <= maxBytes ? all : newest(all, maxBytes);
  return { files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), allFiles: all.length, allBytes };
}

/** Files bear the id of their stream, which begins with the time at which it was opened. */
function newest(all: readonly SampledFile[], maxBytes: number): SampledFile[] {
  const sorted = all.toSorted((a, b) => (basename(a.path) < basename(b.path) ? 1 : -1));
  const [last] = sorted;
  if (last === undefined) return [];
  const chosen: SampledFile[] = [];
  let bytes = 0;
  for (const file of sorted.filter(({ path }) => dirname(path) === dirname(last.path))) {
    if (chosen.length > 0 && bytes + file.bytes > maxBytes) break;
    chosen.push(file.bytes > maxBytes ? { ...file, bytes: maxBytes, whole: false } : file);
    bytes += file.bytes;
  }
  return chosen;
}

const CHUNK_BYTES = 1 << 20;

/** Calls `take` with the sampled bytes of a file, piece by piece. The file is opened for reading only. */
export function readSampled({ path, bytes }: SampledFile, take: (piece: Buffer) => void): void {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let position = 0; position < bytes; ) {
      const count = readSync(descriptor, buffer, 0, Math.min(CHUNK_BYTES, bytes - position), position);
      if (count === 0) return;
      take(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** SHA-256 over all sampled bytes of the original: the same before and after a drill, also where a service writes on. */
export function hashOf({ files }: Sample): string {
  const hash = createHash('sha256');
  for (const file of files) readSampled(file, (piece) => hash.update(piece));
  return hash.digest('hex');
}
