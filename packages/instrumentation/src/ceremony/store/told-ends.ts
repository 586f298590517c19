// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
/** No line of a segment is longer. */
const LINE_BYTES = 256 * 1024;
const COMPLETED = Buffer.from('"event_name":"step_up.completed"');

/**
 * Whether the end of a step-up stands in a segment of any writer of the data directory. Read from the files, since the
 * process that knew is dead: rare, so it need not be quick, but it must not hold up the event loop. A file that is
 * deleted meanwhile held what was delivered long ago.
 *
 * Trust: a line that somebody wrote into a segment counts. It suppresses an end, which the verifier then shows.
 *
 * @param sinceMs wall milliseconds: files that have not changed since are not read
 */
export async function isEndTold(dataDir: string, id: string, sinceMs: number): Promise<boolean> {
  const writers = join(dataDir, 'writers');
  for (const writer of await names(writers)) {
    for (const file of await names(join(writers, writer))) {
      if (!file.endsWith('.ndjson')) continue;
      const path = join(writers, writer, file);
      if ((await isNewer(path, sinceMs)) && (await holdsEnd(path, id))) return true;
    }
  }
  return false;
}

async function names(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}

async function isNewer(path: string, sinceMs: number): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs >= sinceMs,
    () => false,
  );
}

async function holdsEnd(path: string, id: string): Promise<boolean> {
  const needle = Buffer.from(`"step_up.id":{"stringValue":${JSON.stringify(id)}}`);
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    return await searchLines(file, needle);
  } finally {
    await file.close();
  }
}

async function searchLines(file: FileHandle, needle: Buffer): Promise<boolean> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES + LINE_BYTES);
  let kept = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, kept, CHUNK_BYTES, position);
    if (bytesRead === 0) return false;
    position += bytesRead;
    const end = kept + bytesRead;
    const lastBreak = chunk.subarray(0, end).lastIndexOf(0x0a);
    const lines = chunk.subarray(0, lastBreak + 1);
    for (let at = lines.indexOf(needle); at !== -1; at = lines.indexOf(needle, at + 1)) {
      const start = lines.lastIndexOf(0x0a, at) + 1;
      if (lines.subarray(start, lines.indexOf(0x0a, at)).includes(COMPLETED)) return true;
    }
    // A line that is longer than any of ours is none.
    kept = Math.min(end - lastBreak - 1, LINE_BYTES);
    chunk.copyWithin(0, end - kept, end);
  }
}
