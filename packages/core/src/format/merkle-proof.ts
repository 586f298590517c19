// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';
import { nodeHash } from './merkle.ts';

/** The root of a list of leaf hashes (RFC 6962 section 2.1). */
export function rootHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hash('sha256', '', 'buffer');
  return subtree(leaves, 0, leaves.length);
}

/** The root over the leaves from index `from` to before index `to`. */
export type SubtreeHash = (from: number, to: number) => Buffer;

/**
 * The audit path of leaf `index`, from the leaf up (RFC 6962 section 2.1.1).
 *
 * @throws RangeError unless 0 <= index < leaves.length
 */
export function inclusionProof(leaves: readonly Buffer[], index: number): Buffer[] {
  return auditPath((from, to) => subtree(leaves, from, to), index, leaves.length);
}

/** As {@link inclusionProof}, for callers that have the hashes of subtrees already. */
export function auditPath(subtreeHash: SubtreeHash, index: number, size: number): Buffer[] {
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError('no such leaf');
  const path: Buffer[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      path.push(subtreeHash(middle, to));
      to = middle;
    } else {
      path.push(subtreeHash(from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/** Whether `proof` shows the leaf hash at `index` to be under the root of a tree of `size` leaves. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let hashed = leaf;
  let node = index;
  let last = size - 1;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hashed = nodeHash(sibling, hashed);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      hashed = nodeHash(hashed, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && Buffer.compare(hashed, root) === 0;
}

/**
 * The proof that the tree of the first `oldSize` leaves is a prefix of the whole (RFC 6962 section 2.1.2). Empty when
 * `oldSize` is 0 or the whole.
 *
 * @throws RangeError unless 0 <= oldSize <= leaves.length
 */
export function consistencyProof(leaves: readonly Buffer[], oldSize: number): Buffer[] {
  return consistencyPath((from, to) => subtree(leaves, from, to), oldSize, leaves.length);
}

/** As {@link consistencyProof}, for callers that have the hashes of subtrees already. */
export function consistencyPath(subtreeHash: SubtreeHash, oldSize: number, size: number): Buffer[] {
  if (!Number.isInteger(oldSize) || oldSize < 0 || oldSize > size) throw new RangeError('no such size');
  if (oldSize === 0) return [];
  const proof: Buffer[] = [];
  let from = 0;
  let to = size;
  while (oldSize !== to) {
    const middle = from + splitPoint(to - from);
    if (oldSize <= middle) {
      proof.push(subtreeHash(middle, to));
      to = middle;
    } else {
      proof.push(subtreeHash(from, middle));
      from = middle;
    }
  }
  // The old tree itself need not be sent when it is one perfect subtree at the left edge.
  if (from !== 0) proof.push(subtreeHash(from, to));
  return proof.reverse();
}

/** Whether `proof` shows the tree of `oldSize` leaves to be a prefix of the tree of `newSize` leaves. */
export function verifyConsistency(
  oldSize: number,
  newSize: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize || !areHashes([oldRoot, newRoot, ...proof])) {
    return false;
  }
  if (oldSize === newSize) return proof.length === 0 && Buffer.compare(oldRoot, newRoot) === 0;
  if (oldSize === 0) return proof.length === 0 && Buffer.compare(oldRoot, hash('sha256', '', 'buffer')) === 0;
  let node = oldSize - 1;
  let last = newSize - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  const path = node === 0 ? [oldRoot, ...proof] : proof;
  const first = path[0];
  if (first === undefined) return false;
  let oldHash = first;
  let newHash = first;
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && Buffer.compare(oldHash, oldRoot) === 0 && Buffer.compare(newHash, newRoot) === 0;
}

function subtree(leaves: readonly Buffer[], from: number, to: number): Buffer {
  if (to - from === 1) return leaves[from] as Buffer;
  const middle = from + splitPoint(to - from);
  return nodeHash(subtree(leaves, from, middle), subtree(leaves, middle, to));
}

/** The largest power of two below `count`, for `count` above 1. */
function splitPoint(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((value) => value.length === 32);
}
