// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Payload, parsePayload } from '@stepseal/core/format';
import { type FileSystem, isRegular, syncDirectory } from './file-system.ts';
import { readFirstLine } from './first-line.ts';
import { type ScannedSegment, scanSegment } from './scan-segment.ts';
import type { Predecessor } from './stream-events.ts';

const SEGMENT = /^([0-9a-f-]{36})\.ndjson$/;

/**
 * Finds the stream that the next one has to name: the newest in the writer's directory that no other names. Its file is
 * synced before it is believed, and never shortened or repaired: what is torn is measured and named.
 *
 * Trust: the tail that no note covers is adopted as it is found. Someone who could write the directory between the crash
 * and this moment could rewrite it; nothing of it had left the machine.
 *
 * @throws what the file system threw: then nothing was adopted
 */
export function adoptNewest(files: FileSystem, directory: string): Predecessor {
  const steps = adopting(files, directory);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As {@link adoptNewest}, with other work in between: for who adopts while an application runs. */
export async function adoptNewestInSteps(files: FileSystem, directory: string): Promise<Predecessor> {
  const steps = adopting(files, directory);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise(setImmediate);
  }
}

function* adopting(files: FileSystem, directory: string): Generator<undefined, Predecessor, undefined> {
  const names = files.readdirSync(directory).filter((name) => SEGMENT.test(name));
  const named = new Set<string>();
  for (const name of names) {
    const predecessor = namedPredecessor(files, join(directory, name));
    if (predecessor !== undefined) named.add(predecessor);
  }
  // Stream ids begin with the time of their creation, so that the newest sorts last.
  const unnamed = names.filter((name) => !named.has(streamIdOf(name))).sort();
  let newest: Predecessor = { cause: 'first' };
  for (const name of unnamed) {
    const adopted = yield* adoptSegment(files, join(directory, name), streamIdOf(name));
    if (adopted === undefined) setAside(files, directory, name);
    else newest = adopted;
  }
  return newest;
}

/** A file without one valid line is no stream; under this name nobody takes it for one. */
function setAside(files: FileSystem, directory: string, name: string): void {
  files.renameSync(join(directory, name), join(directory, `${streamIdOf(name)}.torn`));
  syncDirectory(files, directory);
}

/** @returns undefined when the file holds no valid line: the process died while it was opening, or it is no file at all */
function* adoptSegment(
  files: FileSystem,
  path: string,
  streamId: string,
): Generator<undefined, Predecessor | undefined, undefined> {
  const fd = files.openSync(path, 'r');
  try {
    if (!isRegular(files.fstatSync(fd))) return undefined;
    // What this process reads may still be only in the page cache; a successor must not name what a power cut can take.
    files.fdatasyncSync(fd);
    const size = files.fstatSync(fd).size;
    const scanned = yield* scanSegment(files, fd, streamId);
    if (scanned.position === undefined) return undefined;
    const { number, hash } = scanned.position;
    const known = { streamId, number, hash, validBytes: scanned.validBytes };
    return scanned.closed
      ? { cause: 'closed', ...known }
      : { cause: 'crash', ...known, ...torn(files, fd, scanned, size) };
  } finally {
    files.closeSync(fd);
  }
}

function torn(
  files: FileSystem,
  fd: number,
  scanned: ScannedSegment,
  size: number,
): { tornBytes: number; tornSha256?: string } {
  const tornBytes = size - scanned.validBytes;
  if (tornBytes <= 0) return { tornBytes: 0 };
  const digest = createHash('sha256');
  const chunk = Buffer.allocUnsafe(65_536);
  for (let at = scanned.validBytes; at < size; ) {
    const read = files.readSync(fd, chunk, 0, Math.min(chunk.length, size - at), at);
    if (read === 0) break;
    digest.update(chunk.subarray(0, read));
    at += read;
  }
  return { tornBytes, tornSha256: digest.digest('hex') };
}

function namedPredecessor(files: FileSystem, path: string): string | undefined {
  const line = readFirstLine(files, path);
  return line === undefined ? undefined : predecessorOf(line);
}

function predecessorOf(line: Buffer): string | undefined {
  let payload: Payload;
  try {
    payload = parsePayload(line);
  } catch {
    return undefined;
  }
  const id = payload.attributes.get('stepseal.predecessor.stream_id');
  return payload.eventName === 'stepseal.stream.open' && id?.type === 'string' ? id.value : undefined;
}

function streamIdOf(name: string): string {
  return name.slice(0, 36);
}
