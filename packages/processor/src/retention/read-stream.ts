// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  isNoteLine,
  LIMITS,
  MerkleTree,
  parseCheckpoint,
  parseNote,
  parseNoteLine,
  parsePayload,
  parseStreamOrigin,
  recordHash,
} from '@stepseal/core/format';
import type { FileSystem } from '../file-system.ts';
import { readChain } from '../read-chain.ts';
import { type Declaration, declarationOf } from './declaration.ts';

/** How a stream ended, as its successor found it: records up to `number` count. */
export interface Pin {
  readonly number: number;
  readonly hash: string;
}

/** A stream that was read whole and holds what its own notes say. */
export interface WholeStream {
  readonly size: number;
  /** Root over all of its records, base64. */
  readonly root: string;
  /** What its prune records declare deleted. */
  readonly declared: readonly Declaration[];
}

const SLICE_BYTES = 256 * 1024;
const LINE_BYTES = Math.max(LIMITS.payloadBytes, LIMITS.noteBytes * 6);
const SEALING = /"event_name":"stepseal\.(?:stream\.open|seal|stream\.close)"/;
const PRUNE = '"event_name":"stepseal.prune"';
const END = '"audit.sequence.end":{"boolValue":true}';

/**
 * Reads a stream from its first byte to its end, a slice at a time with other work in between, and compares it with its
 * notes: what somebody tampered with is evidence and must not be deleted as a matter of routine. Signatures are the
 * verifier's business.
 *
 * @param pin - The end that a successor names; without one the stream has to be closed under a note, with nothing behind it.
 * @returns undefined when the file is not what was sealed, or has no proper end
 * @throws what the file system threw
 */
export async function readStream(
  files: FileSystem,
  path: string,
  streamId: string,
  pin: Pin | undefined,
): Promise<WholeStream | undefined> {
  const reading = new Reading(streamId, pin);
  const fd = files.openSync(path, 'r');
  try {
    let pending: Buffer = Buffer.alloc(0);
    for (let position = 0; ; ) {
      const slice = Buffer.allocUnsafe(SLICE_BYTES);
      const read = files.readSync(fd, slice, 0, SLICE_BYTES, position);
      if (read === 0) break;
      position += read;
      const bytes = pending.length === 0 ? slice.subarray(0, read) : Buffer.concat([pending, slice.subarray(0, read)]);
      let start = 0;
      for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
        reading.line(bytes.subarray(start, end));
        start = end + 1;
      }
      pending = bytes.subarray(start);
      if (pending.length > LINE_BYTES) return reading.result(true);
      await new Promise(setImmediate);
    }
    return reading.result(pending.length > 0);
  } finally {
    files.closeSync(fd);
  }
}

class Reading {
  readonly #streamId: string;
  readonly #pin: Pin | undefined;
  readonly #tree = new MerkleTree();
  readonly #roots = new Map<number, string>();
  readonly #declared: Declaration[] = [];
  #hash: string | undefined;
  #pinned: { readonly size: number; readonly root: string } | undefined;
  /** The close record's number, once it is there. */
  #end = 0;
  #closed = false;
  #broken = false;
  #damaged = false;

  constructor(streamId: string, pin: Pin | undefined) {
    this.#streamId = streamId;
    this.#pin = pin;
  }

  line(bytes: Buffer): void {
    try {
      if (isNoteLine(bytes)) this.#note(bytes);
      else this.#record(bytes);
    } catch {
      this.#broken = true;
    }
  }

  result(torn: boolean): WholeStream | undefined {
    if (this.#damaged) return undefined;
    const declared = this.#declared;
    if (this.#pin !== undefined) return this.#pinned === undefined ? undefined : { ...this.#pinned, declared };
    if (!this.#closed || this.#broken || torn) return undefined;
    return { size: this.#tree.size, root: this.#tree.root(), declared };
  }

  #note(bytes: Buffer): void {
    const { origin, size, root } = parseCheckpoint(parseNote(parseNoteLine(bytes)).text);
    // A note behind a line that is none shows that the line was changed, not torn.
    const fits = parseStreamOrigin(origin).streamId === this.#streamId && this.#roots.get(size) === root;
    if (this.#broken || this.#closed || !fits) this.#damaged = true;
    this.#closed = this.#end > 0 && size === this.#end;
  }

  #record(bytes: Buffer): void {
    if (this.#broken) return;
    const chain = readChain(bytes);
    const linked = chain.number === this.#tree.size + 1 && chain.previousHash === this.#hash;
    if (!linked || chain.streamId !== this.#streamId || this.#end > 0) throw new RangeError('not the next record');
    this.#hash = recordHash(bytes);
    this.#tree.append(this.#hash);
    const { size } = this.#tree;
    const tail = bytes.toString('latin1');
    if (SEALING.test(tail)) this.#roots.set(size, this.#tree.root());
    if (tail.includes(END)) this.#end = size;
    if (tail.includes(PRUNE)) {
      const declaration = declarationOf(parsePayload(bytes));
      if (declaration !== undefined) this.#declared.push(declaration);
    }
    if (size === this.#pin?.number && this.#hash === this.#pin.hash) this.#pinned = { size, root: this.#tree.root() };
  }
}
