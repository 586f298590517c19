// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isUuidV7 } from '@stepseal/core/format';
import { isCount, jsonObject, readSmallFile } from './read-small-file.ts';

const WRITER = /^[0-9a-f]{16}$/;
const OWNER = /^owner\.(\d{6})(\.released)?$/;
const SEGMENT = /^([0-9a-f-]{36})\.ndjson$/;
const OWNER_BYTES = 4_096;

/** The newest claim on a writer's directory. What the claim says of its process is left out when it cannot be read. */
export interface WriterOwner {
  /** Number of the claim. */
  readonly number: number;
  /** The owner has let go; otherwise it lives, or died. */
  readonly released: boolean;
  readonly pid?: number;
  readonly threadId?: number;
  readonly bootId?: string;
}

export interface SegmentFile {
  readonly streamId: string;
  readonly path: string;
  readonly bytes: number;
  /** Wall milliseconds of the last change. */
  readonly changedMs: number;
  /** Nobody may write it any more: the stream has ended. */
  readonly closed: boolean;
}

/** One writer's directory. */
export interface WriterListing {
  readonly writerId: string;
  readonly directory: string;
  readonly owner?: WriterOwner;
  /** Oldest first. */
  readonly segments: readonly SegmentFile[];
}

/** The writers of a data directory, by id. What vanishes or cannot be read meanwhile is left out. */
export function listWriters(dataDir: string): readonly WriterListing[] {
  return writerIds(dataDir).map((writerId) => listWriter(dataDir, writerId));
}

/** Ids of the writers of a data directory, in order. */
export function writerIds(dataDir: string): readonly string[] {
  return names(join(dataDir, 'writers'))
    .filter((name) => WRITER.test(name))
    .sort();
}

/** One writer of a data directory. */
export function listWriter(dataDir: string, writerId: string): WriterListing {
  const directory = join(dataDir, 'writers', writerId);
  const entries = names(directory);
  const owner = ownerOf(directory, entries);
  // Stream ids begin with the time of their creation.
  const segments = entries
    .filter((name) => isUuidV7(SEGMENT.exec(name)?.[1] ?? ''))
    .sort()
    .flatMap((name) => segmentOf(join(directory, name), name.slice(0, 36)) ?? []);
  return { writerId, directory, segments, ...(owner === undefined ? {} : { owner }) };
}

function segmentOf(path: string, streamId: string): SegmentFile | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return undefined;
    return { streamId, path, bytes: stat.size, changedMs: stat.mtimeMs, closed: (stat.mode & 0o222) === 0 };
  } catch {
    return undefined;
  }
}

function ownerOf(directory: string, entries: readonly string[]): WriterOwner | undefined {
  let newest: { name: string; number: number; released: boolean } | undefined;
  for (const name of entries) {
    const match = OWNER.exec(name);
    const number = Number(match?.[1]);
    if (match !== null && !(newest !== undefined && newest.number >= number)) {
      newest = { name, number, released: match[2] !== undefined };
    }
  }
  if (newest === undefined) return undefined;
  const text = readSmallFile(join(directory, newest.name), OWNER_BYTES)?.toString('utf8');
  const { pid, threadId, bootId } = jsonObject(text ?? '') ?? {};
  return {
    number: newest.number,
    released: newest.released,
    ...(isCount(pid) ? { pid } : {}),
    ...(isCount(threadId) ? { threadId } : {}),
    ...(typeof bootId === 'string' ? { bootId } : {}),
  };
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
