// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { LIMITS } from '@stepseal/core/format';

const CHUNK_BYTES = 256 * 1024;

/** Unsynced lines held at most, in bytes. Only a burst that never lets the event loop run reaches it. */
const HELD_BYTES = 64 * 1024 * 1024;

/** Chunks kept for reuse at most: what a busy writer fills between two fdatasyncs. */
const SPARES = 16;

interface Chunk {
  bytes: Buffer;
  used: number;
  /** Position in the file of the chunk's first byte. */
  start: number;
}

/**
 * The lines of one file that no fdatasync has covered yet, byte for byte. A line is encoded here once, written from here,
 * and stays until it is durable: after a failed fdatasync these bytes are the only copy that can be believed, because the
 * kernel may have dropped the pages and reading the file back would show what is not on the disk.
 */
export class LineBuffer {
  #chunks: Chunk[] = [];
  #current: Chunk;
  readonly #spares: Buffer[] = [];
  #forgotten = 0;

  constructor() {
    this.#current = { bytes: Buffer.allocUnsafeSlow(CHUNK_BYTES), used: 0, start: 0 };
  }

  /** Lines let go of unsynced because the bound was reached; they are lost if the file is. */
  get forgottenLines(): number {
    return this.#forgotten;
  }

  /** Where the line that was staged last lies. */
  get bytes(): Buffer {
    return this.#current.bytes;
  }

  /** Offset in {@link bytes} of the line that was staged last. */
  get offset(): number {
    return this.#current.used;
  }

  /**
   * Encodes `line` and a line feed behind what is held, without keeping it yet.
   *
   * @returns the length in bytes
   */
  stage(line: string, filePosition: number): number {
    // UTF-8 takes at most three bytes for a UTF-16 code unit.
    if (this.#current.used + line.length * 3 + 1 > this.#current.bytes.length) this.#turn(line, filePosition);
    const { bytes, used } = this.#current;
    const length = bytes.write(line, used);
    bytes[used + length] = 0x0a;
    return length + 1;
  }

  /** Keeps the staged line: it is in the file. */
  keep(length: number): void {
    this.#current.used += length;
  }

  /** Everything below `position` in the file is durable. */
  release(position: number): void {
    while (this.#chunks.length > 0) {
      const oldest = this.#chunks[0] as Chunk;
      if (oldest.start + oldest.used > position) return;
      this.#chunks.shift();
      if (oldest.bytes.length === CHUNK_BYTES && this.#spares.length < SPARES) this.#spares.push(oldest.bytes);
    }
    if (this.#current.start + this.#current.used <= position) {
      this.#current.start = position;
      this.#current.used = 0;
    }
  }

  /** The held lines from `position` in the file on, in order, without their line feeds. */
  linesFrom(position: number): string[] {
    const lines: string[] = [];
    for (const chunk of [...this.#chunks, this.#current]) {
      const from = Math.max(0, position - chunk.start);
      if (from >= chunk.used) continue;
      const text = chunk.bytes.toString('utf8', from, chunk.used);
      lines.push(...text.slice(0, -1).split('\n'));
    }
    return lines;
  }

  #turn(line: string, filePosition: number): void {
    if (this.#current.used > 0) this.#chunks.push(this.#current);
    const size = Math.max(CHUNK_BYTES, Math.min(line.length * 3, LIMITS.payloadBytes * 3) + 1);
    const spare = size === CHUNK_BYTES ? this.#spares.pop() : undefined;
    const bytes = spare ?? Buffer.allocUnsafeSlow(size);
    this.#current = { bytes, used: 0, start: filePosition };
    while (this.#chunks.length * CHUNK_BYTES > HELD_BYTES) this.#forget();
  }

  #forget(): void {
    const oldest = this.#chunks.shift();
    if (oldest === undefined) return;
    for (let at = oldest.bytes.indexOf(0x0a); at !== -1 && at < oldest.used; at = oldest.bytes.indexOf(0x0a, at + 1)) {
      this.#forgotten++;
    }
  }
}
