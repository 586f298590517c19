// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK_BYTES = 1 << 18;
const LF = 0x0a;

/** All segments below a data directory. */
export function segmentsOf(dataDir) {
  return readdirSync(dataDir, { recursive: true })
    .filter((name) => name.endsWith('.ndjson'))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => join(dataDir, name));
}

/** Calls `take` with each record's line; it may keep nothing of it. Note lines are left out. */
export function forEachRecord(path, take) {
  const fd = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(4 * CHUNK_BYTES);
  let filled = 0;
  for (;;) {
    const count = readSync(fd, buffer, filled, CHUNK_BYTES, null);
    if (count === 0) break;
    filled += count;
    const view = buffer.subarray(0, filled);
    let start = 0;
    for (let end = view.indexOf(LF); end !== -1; end = view.indexOf(LF, start)) {
      // `{"n` begins a note line and no payload.
      if (view[start + 2] !== 0x6e) take(view.subarray(start, end));
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled);
    filled -= start;
  }
  closeSync(fd);
}
