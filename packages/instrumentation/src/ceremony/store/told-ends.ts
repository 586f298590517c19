// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
/** No line of a segment is longer. */
const LINE_BYTES = 256 * 1024;
const ID = /"step_up\.id":\{"stringValue":"([\w-]{1,64})"\}/;
const COMPLETED = Buffer.from('"event_name":"step_up.completed"');

/**
 * Which of these step-ups have their end in a segment of any writer of the data directory. Read from the files, since the
 * process that knew is dead: rare, so it need not be quick, but it must not hold up the event loop. A file that is
 * deleted meanwhile held what was delivered long ago.
 *
 * Trust: a line that somebody wrote into a segment counts. It suppresses an end, which the verifier then shows.
 *
 * @param sinceMs wall milliseconds: files that have not changed since are not read
 */
export async function toldEnds(
  dataDir: string,
  ids: ReadonlySet<string>,
  sinceMs: number,
): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  const writers = join(dataDir, 'writers');
  for (const writer of await names(writers)) {
    for (const file of await names(join(writers, writer))) {
      if (!file.endsWith('.ndjson')) continue;
      const path = join(writers, writer, file);
      if (await isNewer(path, sinceMs)) await readEnds(path, ids, told);
    }
  }
  return told;
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

async function readEnds(path: string, ids: ReadonlySet<string>, told: Set<string>): Promise<void> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return;
  try {
    await readLines(file, ids, told);
  } finally {
    await file.close();
  }
}

async function readLines(file: FileHandle, ids: ReadonlySet<string>, told: Set<string>): Promise<void> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES + LINE_BYTES);
  let kept = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, kept, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const end = kept + bytesRead;
    const lastBreak = chunk.subarray(0, end).lastIndexOf(0x0a);
    const lines = chunk.subarray(0, lastBreak + 1);
    for (let at = lines.indexOf(COMPLETED); at !== -1; at = lines.indexOf(COMPLETED, at + 1)) {
      const start = lines.lastIndexOf(0x0a, at) + 1;
      const id = ID.exec(lines.toString('latin1', start, lines.indexOf(0x0a, at)))?.[1];
      if (id !== undefined && ids.has(id)) told.add(id);
    }
    // A line that is longer than any of ours is none.
    kept = Math.min(end - lastBreak - 1, LINE_BYTES);
    chunk.copyWithin(0, end - kept, end);
  }
}
