// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type KeyObject, sign } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { isNoteLine, MerkleTree, recordHash } from '@stepseal/core/format';
import { signatureLines, signaturesPath } from './record-signature-file.ts';

const CHUNK_BYTES = 1 << 18;
const LF = 0x0a;
/** Who may read the segment may read its signatures. */
const GROUP_READS = 0o040;
const END = '"audit.sequence.end":{"boolValue":true}';

/**
 * Signs the records of one stream from its file, up to a note at a time.
 *
 * Trust: who can write the directory could put bytes into the file between the writer's write and the reading here, and
 * have them signed. So nothing is signed before the tree over all lines so far has the root that the writer made of its
 * own memory.
 */
export class RecordSigner {
  readonly #key: KeyObject;
  readonly #segment: number;
  readonly #signatures: number;
  readonly #groupReads: number;
  readonly #tree = new MerkleTree();
  #buffer: Buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
  /** What is read and not used yet lies between these; reading goes on at the offset. */
  #start = 0;
  #end = 0;
  #offset = 0;

  /** @throws what the file system throws, also when there are signatures already */
  constructor(segmentPath: string, key: KeyObject) {
    this.#key = key;
    this.#segment = openSync(segmentPath, 'r');
    try {
      this.#groupReads = fstatSync(this.#segment).mode & GROUP_READS;
      this.#signatures = openSync(signaturesPath(segmentPath), 'ax', 0o600);
    } catch (error) {
      closeSync(this.#segment);
      throw error;
    }
    try {
      // Whatever the umask says.
      fchmodSync(this.#signatures, 0o600 | this.#groupReads);
    } catch (error) {
      closeSync(this.#signatures);
      closeSync(this.#segment);
      throw error;
    }
  }

  /**
   * Signs all records up to `size`. A short write leaves a part of a line at the end, which counts as no signature; after
   * any failure the stream is not to be signed further, or lines would no longer be in their places.
   *
   * @param root of the tree of so many records, in base64, as the note has it
   * @returns whether the stream has ended with this
   * @throws Error when the file is not what was written to it, or what the file system throws
   */
  signTo(size: number, root: string): boolean {
    const records: Buffer[] = [];
    while (this.#tree.size < size) {
      const record = this.#nextRecord();
      this.#tree.append(recordHash(record));
      records.push(record);
    }
    if (this.#tree.root() !== root) throw new Error('the segment does not hold what was written to it');
    const lines = Buffer.from(signatureLines(records.map((record) => sign(null, record, this.#key))));
    for (let written = 0; written < lines.length; ) written += writeSync(this.#signatures, lines, written);
    return records.at(-1)?.includes(END) ?? false;
  }

  /** Lets go of files and key. */
  close(): void {
    try {
      fchmodSync(this.#signatures, 0o400 | this.#groupReads);
    } finally {
      closeSync(this.#signatures);
      closeSync(this.#segment);
    }
  }

  /** A copy: the buffer moves on. */
  #nextRecord(): Buffer {
    for (;;) {
      const end = this.#buffer.subarray(0, this.#end).indexOf(LF, this.#start);
      if (end === -1) {
        this.#fill();
        continue;
      }
      const line = this.#buffer.subarray(this.#start, end);
      this.#start = end + 1;
      if (!isNoteLine(line)) return Buffer.from(line);
    }
  }

  #fill(): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    if (this.#buffer.length - this.#end < CHUNK_BYTES) {
      // A line longer than the buffer: as long as a payload may be.
      this.#buffer = Buffer.concat([this.#buffer, Buffer.allocUnsafe(this.#buffer.length)]);
    }
    const count = readSync(this.#segment, this.#buffer, this.#end, CHUNK_BYTES, this.#offset);
    if (count === 0) throw new Error('the segment is shorter than what was written to it');
    this.#offset += count;
    this.#end += count;
  }
}
