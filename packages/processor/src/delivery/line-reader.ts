// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { FileHandle } from 'node:fs/promises';
import { LIMITS } from '@stepseal/core/format';

const CHUNK_BYTES = 512 * 1024;

/** What a buffer grows by, and up to what it doubles: what is handed out at once fits then. */
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 2 * 1024 * 1024;

/** Beyond this a line is neither a payload nor a note. */
const MAX_LINE_BYTES: number = LIMITS.payloadBytes;

/**
 * Whole lines of a file that somebody appends to, from an offset on. Reads happen off the event loop, into a buffer that is
 * used again once nobody needs the lines in it: a fresh one for each read costs more than reading.
 *
 * Trust: none. Whoever can write the file decides what a line is; a line beyond {@link MAX_LINE_BYTES} comes as an empty
 * one, so that memory stays bounded.
 */
export class LineReader {
  readonly #handle: FileHandle;
  /** End of the bytes that are known to be in the file. */
  end: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** What was read and not given out lies between these. */
  #at = 0;
  #filled = 0;
  #offset: number;
  /** Lines given out may still be looked at. */
  #viewed = false;
  /** The line under way is too long: its bytes are dropped as they come. */
  #overlong = false;

  constructor(handle: FileHandle, offset: number, end: number) {
    this.#handle = handle;
    this.#offset = offset;
    this.end = end;
  }

  /** End of the line that came last, in the file. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The next line without its line feed, out of what was read: a view that stays valid until {@link release}. Undefined
   * when {@link fill} is due.
   */
  next(): Buffer | undefined {
    const end = this.#buffer.indexOf(0x0a, this.#at);
    if (end === -1 || end >= this.#filled) return undefined;
    const line = this.#buffer.subarray(this.#at, this.#overlong ? this.#at : end);
    this.#offset += end + 1 - this.#at;
    this.#at = end + 1;
    this.#overlong = false;
    this.#viewed = true;
    return line;
  }

  /** Nobody needs the lines given out so far. */
  release(): void {
    this.#viewed = false;
    this.#buffer.copyWithin(0, this.#at, this.#filled);
    this.#filled -= this.#at;
    this.#at = 0;
  }

  /** Reads on. @returns false at the end of what is known to be there @throws what the file system throws */
  async fill(): Promise<boolean> {
    if (this.#filled - this.#at > MAX_LINE_BYTES) {
      this.#overlong = true;
      this.#offset += this.#filled - this.#at;
      this.#at = this.#filled;
    }
    const rest = this.#filled - this.#at;
    const from = this.#offset + rest;
    const wanted = Math.min(CHUNK_BYTES, this.end - from);
    if (wanted <= 0) return false;
    this.#makeRoom(wanted);
    const { bytesRead } = await this.#handle.read(this.#buffer, this.#filled, wanted, from);
    this.#filled += bytesRead;
    return bytesRead > 0;
  }

  #makeRoom(wanted: number): void {
    if (!this.#viewed) this.release();
    if (this.#filled + wanted <= this.#buffer.length) return;
    // Lines in the old one stay as they are.
    const rest = this.#buffer.subarray(this.#at, this.#filled);
    const room = Math.ceil((rest.length + wanted) / LEAST_BYTES) * LEAST_BYTES;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(room, Math.min(2 * this.#buffer.length, MOST_BYTES)));
    rest.copy(this.#buffer);
    this.#at = 0;
    this.#filled = rest.length;
  }
}
