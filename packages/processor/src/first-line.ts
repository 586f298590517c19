// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type FileSystem, isRegular } from './file-system.ts';

/** Longest first line looked at: an open record, which is an event of ours and below 64 KiB, or a claim. */
const FIRST_LINE_BYTES = 65_536;

/**
 * The first line of a file without its line feed; undefined when it has none, is longer than an open record can be, or is
 * no file.
 */
export function readFirstLine(files: FileSystem, path: string): Buffer | undefined {
  const fd = files.openSync(path, 'r');
  try {
    if (!isRegular(files.fstatSync(fd))) return undefined;
    const head = Buffer.allocUnsafe(FIRST_LINE_BYTES);
    let length = 0;
    for (
      let read = -1;
      read !== 0 && length < head.length && !head.subarray(0, length).includes(0x0a);
      length += read
    ) {
      read = files.readSync(fd, head, length, head.length - length, length);
    }
    const end = head.subarray(0, length).indexOf(0x0a);
    return end === -1 ? undefined : head.subarray(0, end);
  } finally {
    files.closeSync(fd);
  }
}
