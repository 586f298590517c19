// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VerifierError } from '../errors.ts';
import type { Segment, Source } from './source.ts';

const SEGMENT_SUFFIX = '.ndjson';
/** A data directory nests writers/<writer>/<stream>; an archive perhaps a level or two more. */
const MAX_DEPTH = 6;

function fileSegment(path: string): Segment {
  return {
    name: path,
    open() {
      let fd: number;
      try {
        fd = openSync(path, 'r');
      } catch (cause) {
        throw new VerifierError('SOURCE_UNREADABLE', `Cannot open ${path}: ${reason(cause)}.`, { cause });
      }
      return {
        read: (target, at, position) => readSync(fd, target, at, target.length - at, position),
        close: () => closeSync(fd),
      };
    },
  };
}

function reason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
}

/** One segment file. Its stream's neighbours are not expected beside it. */
export function segmentSource(path: string): Source {
  return { description: path, complete: false, segments: () => Promise.resolve([fileSegment(path)]) };
}

/**
 * All segments (`*.ndjson`) below a directory: a data directory, also while it is written to, or an archive of one.
 *
 * @throws VerifierError `SOURCE_UNREADABLE` where the path is not a directory.
 */
export function directorySource(path: string): Source {
  const unreadable: string[] = [];
  try {
    if (!statSync(path).isDirectory()) throw new VerifierError('SOURCE_UNREADABLE', `${path} is not a directory.`);
  } catch (cause) {
    if (cause instanceof VerifierError) throw cause;
    throw new VerifierError('SOURCE_UNREADABLE', `Cannot read ${path}: ${reason(cause)}.`, { cause });
  }
  return {
    description: path,
    complete: true,
    unreadable,
    async segments() {
      unreadable.length = 0;
      const found: string[] = [];
      await collect(path, 0, found, unreadable);
      return found.sort().map(fileSegment);
    },
  };
}

async function collect(directory: string, depth: number, found: string[], unreadable: string[]): Promise<void> {
  let entries;
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch {
    unreadable.push(directory);
    return;
  }
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (depth < MAX_DEPTH) await collect(path, depth + 1, found, unreadable);
      else unreadable.push(path);
    } else if (entry.isFile() && entry.name.endsWith(SEGMENT_SUFFIX)) found.push(path);
  }
}
