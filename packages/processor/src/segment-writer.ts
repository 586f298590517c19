// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { dirname } from 'node:path';
import { fileErrorCode, SealingError, systemCode } from './errors.ts';
import { type FileSystem, syncDirectory } from './file-system.ts';
import { LineBuffer } from './line-buffer.ts';

/** Mode of a segment while its stream is open, and once its last note is in it. */
const OPEN_MODE = 0o640;
const CLOSED_MODE = 0o444;

/**
 * One segment file being written. It knows lines and bytes and nothing of what they say.
 *
 * Trust: until a note covers them, the lines are as good as the directory's permissions; someone who can write it can
 * rewrite the tail that no note covers yet.
 *
 * Invariants: the file holds `bytes` bytes of whole lines, unless `abandoned`; the first `syncedBytes` of them survive a
 * power cut and are never cut off again.
 */
export class SegmentWriter {
  readonly path: string;
  readonly #files: FileSystem;
  readonly #fd: number;
  readonly #held = new LineBuffer();
  #bytes = 0;
  #syncedBytes = 0;
  #directorySynced = false;
  #abandoned = false;
  #closed = false;

  /**
   * Creates the file, which must not exist.
   *
   * @throws SealingError `NOT_WRITABLE`, `DISK_FULL`, `WRITE_FAILED`
   */
  constructor(files: FileSystem, path: string) {
    this.path = path;
    this.#files = files;
    try {
      // Append mode: if somebody shortens the file, our next line shows it instead of leaving a hole of zeros.
      this.#fd = files.openSync(path, 'ax', OPEN_MODE);
    } catch (cause) {
      // A creation may fail after the fact; an empty file must not be taken for a stream that died while opening.
      if (systemCode(cause) !== 'EEXIST') removeQuietly(files, path);
      throw new SealingError(fileErrorCode(cause), `cannot create a segment in ${dirname(path)}`, { cause });
    }
  }

  /** End of the last whole line. */
  get bytes(): number {
    return this.#bytes;
  }

  get syncedBytes(): number {
    return this.#syncedBytes;
  }

  /** The file is given up: its end is not known any more. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /**
   * Puts one line, given without its line feed, into the file before it returns: from then on the death of this process
   * cannot lose it. On failure the file ends at the last whole line, or `abandoned` is set.
   *
   * @throws SealingError `NOT_WRITABLE`, `DISK_FULL`, `WRITE_FAILED`
   */
  appendLine(line: string): void {
    const length = this.#held.stage(line, this.#bytes);
    const offset = this.#held.offset;
    const bytes = this.#held.bytes;
    let written = 0;
    try {
      written = this.#files.writeSync(this.#fd, bytes, offset, length);
      while (written < length) {
        const more = this.#files.writeSync(this.#fd, bytes, offset + written, length - written);
        if (more === 0) throw new Error('a write wrote nothing');
        written += more;
      }
    } catch (cause) {
      this.#cutBack();
      throw new SealingError(fileErrorCode(cause), `cannot write to ${this.path}`, { cause });
    }
    this.#held.keep(length);
    this.#bytes += length;
  }

  /**
   * Makes all lines written so far survive a power cut, the first time the directory entry with them. `done` gets the
   * error or null; after an error the file is abandoned. At most one call may be under way.
   */
  sync(done: (error: Error | null, syncedBytes: number) => void): void {
    const target = this.#bytes;
    this.#files.fdatasync(this.#fd, (error) => {
      // A result that comes after the file was closed or given up is about nothing any more.
      if (this.#closed || this.#abandoned) return;
      done(this.#settle(error, target), target);
    });
  }

  /** As {@link sync}, but waits: for the end of a stream and of the process. @throws the error */
  syncNow(): void {
    let failure: unknown = null;
    try {
      this.#files.fdatasyncSync(this.#fd);
    } catch (error) {
      failure = error;
    }
    const error = this.#settle(failure, this.#bytes);
    if (error !== null) throw error;
  }

  /** Lines that are in the file but perhaps not on the disk. */
  unsyncedLines(): string[] {
    return this.#held.linesFrom(this.#syncedBytes);
  }

  /** Unsynced lines that are no longer held in memory. */
  get forgottenLines(): number {
    return this.#held.forgottenLines;
  }

  /** The stream has ended and its last note is durable. Failing to change the mode or to close changes no evidence. */
  finish(): void {
    this.#closed = true;
    try {
      this.#files.fchmodSync(this.#fd, CLOSED_MODE);
    } catch {}
    this.#close();
  }

  /** Leaves the file as it is, for a successor to adopt. */
  abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#close();
  }

  #settle(failure: unknown, target: number): SealingError | null {
    try {
      if (failure !== null) throw failure;
      if (!this.#directorySynced) syncDirectory(this.#files, dirname(this.path));
    } catch (cause) {
      // Linux reports a lost write once and then forgets it: a second fdatasync would succeed and mean nothing.
      this.abandon();
      return new SealingError('SYNC_FAILED', `cannot sync ${this.path}`, { cause });
    }
    this.#directorySynced = true;
    this.#syncedBytes = Math.max(this.#syncedBytes, target);
    this.#held.release(this.#syncedBytes);
    return null;
  }

  #cutBack(): void {
    try {
      // Whole lines end at or above the synced byte, so this never takes back what was acknowledged.
      this.#files.ftruncateSync(this.#fd, this.#bytes);
    } catch {
      this.abandon();
    }
  }

  #close(): void {
    try {
      this.#files.closeSync(this.#fd);
    } catch {}
  }
}

function removeQuietly(files: FileSystem, path: string): void {
  try {
    files.unlinkSync(path);
  } catch {}
}
