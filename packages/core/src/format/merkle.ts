// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';

// String results of crypto.hash cost a third of Buffer results, and latin1 strings copy byte for byte.
const LEAF_INPUT = Buffer.alloc(33);
const NODE_INPUT = Buffer.alloc(65, 1);

/** The leaf hash SHA-256(0x00 ‖ H) of a record hash given in hexadecimal (RFC 6962 section 2.1 with H as leaf data). */
export function leafHash(recordHashHex: string): Buffer {
  return Buffer.from(leafHashLatin1(recordHashHex), 'binary');
}

/** The interior hash SHA-256(0x01 ‖ left ‖ right) (RFC 6962 section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== 32 || right.length !== 32) throw new RangeError('a tree hash has 32 bytes');
  NODE_INPUT.set(left, 1);
  NODE_INPUT.set(right, 33);
  return Buffer.from(hash('sha256', NODE_INPUT, 'binary'), 'binary');
}

function leafHashLatin1(recordHashHex: string): string {
  if (recordHashHex.length !== 64 || LEAF_INPUT.write(recordHashHex, 1, 32, 'hex') !== 32) {
    throw new RangeError('a record hash has 64 hexadecimal digits');
  }
  return hash('sha256', LEAF_INPUT, 'binary');
}

/**
 * The RFC 6962 tree over the records of one stream, kept as its compact range: one hash for each set bit of the size.
 * Appending costs two short hashes on average and allocates no buffers.
 */
export class MerkleTree {
  // levels[i] is the hash input 0x01 ‖ left ‖ right of the node that is being filled at height i + 1; its left half is
  // the perfect subtree of 2^i leaves when bit i of the size is set.
  readonly #levels: Buffer[] = [];
  #size = 0;

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds the next record, by its hash in hexadecimal.
   *
   * @throws RangeError unless given 64 hexadecimal digits
   */
  append(recordHashHex: string): void {
    let carry = leafHashLatin1(recordHashHex);
    let bits = this.#size;
    let level = 0;
    // Sizes stay below 2^53, where division is exact and bit operators are not.
    while (bits % 2 === 1) {
      const input = this.#levels[level] as Buffer;
      input.write(carry, 33, 32, 'binary');
      carry = hash('sha256', input, 'binary');
      bits = (bits - 1) / 2;
      level++;
    }
    let input = this.#levels[level];
    if (input === undefined) {
      input = Buffer.alloc(65, 1);
      this.#levels.push(input);
    }
    input.write(carry, 1, 32, 'binary');
    this.#size++;
  }

  /** The root in base64, as a checkpoint writes it; SHA-256 of nothing while the tree is empty. Changes nothing. */
  root(): string {
    let root: Buffer | undefined;
    let bits = this.#size;
    for (const input of this.#levels) {
      if (bits % 2 === 1) {
        const peak = input.subarray(1, 33);
        root = root === undefined ? peak : nodeHash(peak, root);
      }
      bits = Math.floor(bits / 2);
    }
    return root === undefined ? hash('sha256', '', 'base64') : root.toString('base64');
  }

  /** An independent copy. */
  clone(): MerkleTree {
    const copy = new MerkleTree();
    for (const input of this.#levels) copy.#levels.push(Buffer.from(input));
    copy.#size = this.#size;
    return copy;
  }
}
