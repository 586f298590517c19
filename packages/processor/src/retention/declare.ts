// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, parseCheckpoint, parseNote, parseNoteLine } from '@stepseal/core/format';
import type { Clock } from '../clock.ts';
import type { FileSystem } from '../file-system.ts';
import type { Writer } from '../writer.ts';
import { type Declaration, pruneEvent } from './declaration.ts';

const SLICE_BYTES = 256 * 1024;

/**
 * Seals declarations in the live stream and waits until a note over them is on the disk. The file is asked and not the
 * writer: between emission and note it may have rolled, or given the file up.
 *
 * @returns false when that cannot be said; the declarations may be in the trail all the same, which harms nothing
 * @throws what the file system threw
 */
export async function declare(
  files: FileSystem,
  writer: Writer,
  clock: Clock,
  declarations: readonly Declaration[],
): Promise<boolean> {
  if (writer.progress.state !== 'open') return false;
  const offset = sizeOf(files, writer.progress.file);
  const before = writer.progress.file;
  for (const declaration of declarations) writer.emit(pruneEvent(clock, declaration));
  const { state, file, number } = writer.progress;
  if (state !== 'open' || file === undefined) return false;
  await writer.flush();
  // A stream that was rolled between was closed, noted and synced first.
  return isNoted(files, file, file === before ? offset : 0, number);
}

async function isNoted(files: FileSystem, path: string, from: number, number: number): Promise<boolean> {
  const fd = files.openSync(path, 'r');
  try {
    if (!(await holdsNote(files, fd, from, number))) return false;
    return await new Promise((settle) => files.fdatasync(fd, (error) => settle(error === null)));
  } finally {
    files.closeSync(fd);
  }
}

/** Whether a note over at least `number` records stands behind byte `from`, where a line begins. */
async function holdsNote(files: FileSystem, fd: number, from: number, number: number): Promise<boolean> {
  let pending: Buffer = Buffer.alloc(0);
  for (let position = from; ; ) {
    const slice = Buffer.allocUnsafe(SLICE_BYTES);
    const read = files.readSync(fd, slice, 0, SLICE_BYTES, position);
    if (read === 0) return false;
    position += read;
    const bytes = pending.length === 0 ? slice.subarray(0, read) : Buffer.concat([pending, slice.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      if (noteSize(bytes.subarray(start, end)) >= number) return true;
      start = end + 1;
    }
    pending = bytes.subarray(start);
    await new Promise(setImmediate);
  }
}

function noteSize(line: Buffer): number {
  try {
    return isNoteLine(line) ? parseCheckpoint(parseNote(parseNoteLine(line)).text).size : 0;
  } catch {
    return 0;
  }
}

function sizeOf(files: FileSystem, path: string | undefined): number {
  return path === undefined ? 0 : files.statSync(path).size;
}
