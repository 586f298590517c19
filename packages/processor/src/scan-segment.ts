// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  isNoteLine,
  LIMITS,
  parseCheckpoint,
  parseNote,
  parseNoteLine,
  parsePayload,
  parseStreamOrigin,
  recordHash,
} from '@stepseal/core/format';
import type { FileSystem } from './file-system.ts';
import { readChain } from './read-chain.ts';
import type { ChainPosition } from './stream.ts';

/** What a segment holds from its start to its first invalid line. */
export interface ScannedSegment {
  /** Last valid record; undefined when there is none. */
  readonly position: ChainPosition | undefined;
  /** End of the last valid line, in bytes. */
  readonly validBytes: number;
  /** The close record and its note are there: what follows them is not the stream's. */
  readonly closed: boolean;
}

const CHUNK_BYTES = 256 * 1024;
const LINE_BYTES = Math.max(LIMITS.payloadBytes, LIMITS.noteBytes * 6);

/**
 * Reads the lines of one stream in order and stops before the first that is not the next one: not canonical, not linked
 * to the record before, or without its line feed. Signatures are the verifier's business. Each step is a few milliseconds.
 */
export function* scanSegment(
  files: FileSystem,
  fd: number,
  streamId: string,
): Generator<undefined, ScannedSegment, undefined> {
  const scan = new Scan(streamId);
  let pending: Buffer = Buffer.alloc(0);
  let position = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const read = files.readSync(fd, chunk, 0, CHUNK_BYTES, position);
    if (read === 0) return scan;
    position += read;
    const bytes = pending.length === 0 ? chunk.subarray(0, read) : Buffer.concat([pending, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      if (!scan.line(bytes.subarray(start, end)) || scan.closed) return scan;
      start = end + 1;
    }
    pending = bytes.subarray(start);
    if (pending.length > LINE_BYTES) return scan;
    yield;
  }
}

/** As the canonical form spells the name of that attribute, and nothing within a text. */
const END = '"audit.sequence.end":';

class Scan implements ScannedSegment {
  position: ChainPosition | undefined;
  validBytes = 0;
  closed = false;
  readonly #streamId: string;
  #ended = false;

  constructor(streamId: string) {
    this.#streamId = streamId;
  }

  /** @returns false when the line is not the next one of this stream */
  line(bytes: Buffer): boolean {
    try {
      if (isNoteLine(bytes)) this.#note(bytes);
      else if (!this.#record(bytes)) return false;
    } catch {
      return false;
    }
    this.validBytes += bytes.length + 1;
    return true;
  }

  #note(bytes: Buffer): void {
    const checkpoint = parseCheckpoint(parseNote(parseNoteLine(bytes)).text);
    const number = this.position?.number ?? 0;
    if (parseStreamOrigin(checkpoint.origin).streamId !== this.#streamId || checkpoint.size > number) {
      throw new RangeError('a note of another tree');
    }
    this.closed = this.#ended && checkpoint.size === number;
  }

  #record(bytes: Buffer): boolean {
    if (this.#ended) return false;
    const { number, streamId, previousHash } = readChain(bytes);
    const expected = (this.position?.number ?? 0) + 1;
    if (number !== expected || streamId !== this.#streamId || previousHash !== this.position?.hash) return false;
    if (expected === 1 && parsePayload(bytes).eventName !== 'stepseal.stream.open') return false;
    this.position = { number: expected, hash: recordHash(bytes) };
    this.#ended = bytes.includes(END) && parsePayload(bytes).attributes.has('audit.sequence.end');
    return true;
  }
}
