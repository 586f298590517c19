// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VerifierError } from '../errors.ts';
import { type SignatureLookup, signatureLines } from './record-signature-source.ts';
import type { Segment, SegmentReader, Source } from './source.ts';

const SEGMENT_SUFFIX = '.ndjson';
const SIGNATURES_SUFFIX = '.signatures';

/** What a writer's delivery notes beside its segments. A segment under this name is missing like one that was deleted. */
const SET_ASIDE = 'set-aside.ndjson';
/** A data directory nests writers/<writer>/<stream>; an archive perhaps a level or two more. */
const MAX_DEPTH = 6;
/** Whoever can write the directory may put a pipe in the place of a file: opening it must not wait for a writer. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function fileSegment(path: string): Segment {
  return { name: path, open: () => openFile(path), signatures: () => signaturesBeside(path) };
}

/** The writer keeps them in a file of the segment's name; whoever cannot read it has none. */
function signaturesBeside(path: string): SignatureLookup | undefined {
  let reader: SegmentReader | undefined;
  try {
    reader = openFile(path.replace(/\.ndjson$/, SIGNATURES_SUFFIX));
    return signatureLines(reader);
  } catch {
    return undefined;
  } finally {
    reader?.close();
  }
}

/** @throws VerifierError `SOURCE_UNREADABLE` */
export function openFile(path: string): SegmentReader {
  const fd = attempt(path, () => openSync(path, OPEN_FLAGS));
  try {
    if (!attempt(path, () => fstatSync(fd)).isFile())
      throw new VerifierError('SOURCE_UNREADABLE', `${path} is not a file.`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    read: (target, at, position) => attempt(path, () => readSync(fd, target, at, target.length - at, position)),
    close: () => closeSync(fd),
  };
}

function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new VerifierError('SOURCE_UNREADABLE', `Cannot read ${path}: ${reason(cause)}.`, { cause });
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
}

/** One segment file. Its stream's neighbours are not expected beside it. */
export function segmentSource(path: string): Source {
  return { description: path, complete: false, segments: () => Promise.resolve([fileSegment(path)]) };
}

/**
 * All segments (`*.ndjson`, but `set-aside.ndjson`) below a directory: a data directory, also while it is written to, or an archive of one.
 * Symbolic links are followed, each directory once.
 *
 * @throws VerifierError `SOURCE_UNREADABLE` where the path is not a directory.
 */
export function directorySource(path: string): Source {
  const unreadable: string[] = [];
  if (!attempt(path, () => statSync(path)).isDirectory())
    throw new VerifierError('SOURCE_UNREADABLE', `${path} is not a directory.`);
  return {
    description: path,
    complete: true,
    unreadable,
    async segments() {
      unreadable.length = 0;
      const listing: Listing = { found: [], unreadable, seen: new Set() };
      await collect(path, 0, listing);
      return listing.found.sort().map(fileSegment);
    },
  };
}

interface Listing {
  readonly found: string[];
  readonly unreadable: string[];
  /** Real paths of directories: links may lead in circles. */
  readonly seen: Set<string>;
}

async function collect(directory: string, depth: number, listing: Listing): Promise<void> {
  const { found, unreadable, seen } = listing;
  let entries;
  try {
    const real = await realpath(directory);
    if (seen.has(real)) return;
    seen.add(real);
    entries = await readdir(directory, { withFileTypes: true });
  } catch {
    unreadable.push(directory);
    return;
  }
  for (const entry of entries) {
    const path = join(directory, entry.name);
    const named = entry.name.endsWith(SEGMENT_SUFFIX) && entry.name !== SET_ASIDE;
    // A link that leads nowhere is as if it were denied, where it would be a segment.
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (target?.isDirectory() === true) {
      if (depth < MAX_DEPTH) await collect(path, depth + 1, listing);
      else unreadable.push(path);
    } else if (named) (target?.isFile() === true ? found : unreadable).push(path);
  }
}
