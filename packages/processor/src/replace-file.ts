// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { systemCode } from './errors.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Gives a file another content: readers see the old text or the new one. A power cut may leave neither; what must not be
 * lost is not written this way. The draft is always a new file, whatever somebody has put under its name.
 *
 * @throws what the file system throws
 */
export function replaceFile(files: FileSystem, path: string, text: Buffer, mode: number): void {
  const draft = `${path}.new`;
  try {
    files.unlinkSync(draft);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const fd = files.openSync(draft, 'wx', mode);
  try {
    for (let at = 0; at < text.length; ) at += files.writeSync(fd, text, at, text.length - at);
  } finally {
    files.closeSync(fd);
  }
  files.renameSync(draft, path);
}
