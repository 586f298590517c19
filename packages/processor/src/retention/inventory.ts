// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename, join } from 'node:path';
import { type Payload, parsePayload } from '@stepseal/core/format';
import { readCursor } from '../data/cursor.ts';
import { readSetAside } from '../data/set-aside.ts';
import { type FileSystem, isRegular } from '../file-system.ts';
import { readFirstLine } from '../first-line.ts';
import type { StoredStream } from './plan.ts';
import type { Pin } from './read-stream.ts';

const WRITER = /^[0-9a-f]{16}$/;
const SEGMENT = /^([0-9a-f-]{36})\.ndjson$/;

/** What is made from a segment and worth nothing without it. */
const DERIVED = /^([0-9a-f-]{36})\.signatures$/;

/** What lies in a data directory, as far as retention goes. */
export interface Inventory {
  /** Segments of all writers. */
  readonly streams: readonly StoredStream[];
  /** Those that have ended, and were delivered where that is asked for. */
  readonly candidates: readonly StoredStream[];
  /** Bytes of all segments and of what is derived from them. */
  readonly totalBytes: number;
  /** Derived files whose segment is gone. */
  readonly orphans: readonly string[];
}

/** @throws what the file system threw; what vanishes meanwhile is left out */
export function takeInventory(files: FileSystem, dataDir: string, delivers: boolean): Inventory {
  const streams: StoredStream[] = [];
  const candidates: StoredStream[] = [];
  const orphans: string[] = [];
  let totalBytes = 0;
  const writers = join(dataDir, 'writers');
  for (const writerId of files.readdirSync(writers).filter((name) => WRITER.test(name))) {
    const directory = join(writers, writerId);
    // Another process may have emptied and removed it.
    const names = attempt(() => files.readdirSync(directory)) ?? [];
    const segments = names.filter((name) => SEGMENT.test(name)).sort();
    const present = new Set(names);
    const derived = names.filter((name) => DERIVED.test(name));
    const isDeliverable = deliveryOf(directory, delivers);
    for (const name of segments) {
      const streamId = name.slice(0, 36);
      const path = join(directory, name);
      const stat = attempt(() => files.statSync(path));
      if (stat === undefined || !isRegular(stat)) continue;
      const sidecar = present.has(`${streamId}.signatures`) ? join(directory, `${streamId}.signatures`) : undefined;
      const more = sidecar === undefined ? 0 : (attempt(() => files.statSync(sidecar))?.size ?? 0);
      const stream = { streamId, directory, path, bytes: stat.size + more, changedMs: stat.mtimeMs };
      totalBytes += stream.bytes;
      streams.push(stream);
      // The newest one may still be written, unless its file says that its stream has ended.
      const ended = name !== segments.at(-1) || (stat.mode & 0o222) === 0;
      if (ended && isDeliverable(streamId)) candidates.push(stream);
    }
    for (const name of derived) if (!present.has(`${name.slice(0, 36)}.ndjson`)) orphans.push(join(directory, name));
  }
  return { streams, candidates, totalBytes, orphans };
}

/** What the open record of a stream says of the one before: its end, by its id. */
export function readPin(files: FileSystem, path: string): (Pin & { readonly streamId: string }) | undefined {
  const line = attempt(() => readFirstLine(files, path));
  let payload: Payload;
  try {
    payload = parsePayload(line ?? Buffer.alloc(0));
  } catch {
    return undefined;
  }
  const text = (name: string): string | undefined => {
    const value = payload.attributes.get(`stepseal.predecessor.${name}`);
    return value?.type === 'string' ? value.value : undefined;
  };
  const [streamId, hash] = [text('stream_id'), text('hash')];
  const number = payload.attributes.get('stepseal.predecessor.number');
  if (payload.eventName !== 'stepseal.stream.open' || streamId === undefined || hash === undefined) return undefined;
  return number?.type === 'int' ? { streamId, hash, number: Number(number.value) } : undefined;
}

/** Whether a stream, by its id, is all that the cursor says was acknowledged, and holds nothing that was refused. */
function deliveryOf(directory: string, delivers: boolean): (streamId: string) => boolean {
  const cursor = readCursor(directory);
  const refused = new Set(readSetAside(directory).map((entry) => entry.streamId));
  return (streamId) => {
    if (refused.has(streamId)) return false;
    // Where nobody delivers there is nothing to wait for; where somebody did, what he left is waited for.
    if (cursor === undefined) return !delivers;
    return streamId <= cursor.streamId;
  };
}

/** Records of this stream that the cursor says were acknowledged. */
export function deliveredNumber(stream: StoredStream): number {
  const cursor = readCursor(stream.directory);
  if (cursor === undefined || stream.streamId < cursor.streamId) return Number.POSITIVE_INFINITY;
  return stream.streamId === cursor.streamId ? cursor.number : 0;
}

/** The writer whose directory a stream lies in. */
export function writerOf(stream: StoredStream): string {
  return basename(stream.directory);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
