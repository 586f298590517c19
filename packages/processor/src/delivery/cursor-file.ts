// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { CURSOR_FILE, type DeliveryCursor } from '../data/cursor.ts';
import type { FileSystem } from '../file-system.ts';
import { replaceFile } from '../replace-file.ts';

const MODE = 0o640;

/** A cursor is at most so much older than what was acknowledged: after a crash that much is delivered again. */
const WRITE_MS = 250;

/**
 * The cursor sidecar of one writer's directory. It is no evidence: lost or torn, everything kept is delivered again, so
 * that it is not synced, and a failure to write it stops nothing.
 */
export class CursorFile {
  readonly #files: FileSystem;
  readonly #directory: string;
  #written: DeliveryCursor | undefined;
  #writtenMs = Number.NEGATIVE_INFINITY;

  constructor(files: FileSystem, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** Writes the cursor if it has moved, and not too often unless it is final. @throws what the file system throws */
  write(cursor: DeliveryCursor, final: boolean): void {
    if (this.#written?.streamId === cursor.streamId && this.#written.number === cursor.number) return;
    if (!final && cursor.updatedMs - this.#writtenMs < WRITE_MS && cursor.updatedMs >= this.#writtenMs) return;
    this.#writtenMs = cursor.updatedMs;
    const text = Buffer.from(`${JSON.stringify({ version: 1, ...cursor })}\n`);
    replaceFile(this.#files, join(this.#directory, CURSOR_FILE), text, MODE);
    this.#written = cursor;
  }
}
