// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { FileHandle } from 'node:fs/promises';
import { LIMITS } from '@stepseal/core/format';

const CHUNK_BYTES = 256 * 1024;

/** Beyond this a line is neither a payload nor a note. */
export const MAX_LINE_BYTES: number = LIMITS.payloadBytes;

/**
 * Whole lines of a file that somebody appends to, from an offset on. Reads happen off the event loop.
 *
 * Trust: none. Whoever can write the file decides what a line is; a line beyond {@link MAX_LINE_BYTES} comes as an empty
 * one, so that memory stays bounded.
 */
export class LineReader {
  readonly #handle: FileHandle;
  /** End of the bytes that are known to be in the file. */
  end: number;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #offset: number;
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

  /** The next line without its line feed, out of what was read: a view that stays valid. Undefined when {@link fill} is due. */
  next(): Buffer | undefined {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end === -1) return undefined;
    const line = this.#overlong ? this.#bytes.subarray(0, 0) : this.#bytes.subarray(this.#at, end);
    this.#offset += end + 1 - this.#at;
    this.#at = end + 1;
    this.#overlong = false;
    return line;
  }

  /** Reads on. @returns false at the end of what is known to be there @throws what the file system throws */
  async fill(): Promise<boolean> {
    let rest = this.#bytes.subarray(this.#at);
    if (rest.length > MAX_LINE_BYTES) {
      this.#overlong = true;
      this.#offset += rest.length;
      rest = rest.subarray(0, 0);
      this.#bytes = rest;
      this.#at = 0;
    }
    const from = this.#offset + rest.length;
    const wanted = Math.min(CHUNK_BYTES, this.end - from);
    if (wanted <= 0) return false;
    // A new one each time: views of the old one may still be on their way out.
    const bytes = Buffer.allocUnsafeSlow(rest.length + wanted);
    rest.copy(bytes);
    const { bytesRead } = await this.#handle.read(bytes, rest.length, wanted, from);
    if (bytesRead === 0) return false;
    this.#bytes = bytes.subarray(0, rest.length + bytesRead);
    this.#at = 0;
    return true;
  }
}
