// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash, hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  MerkleTree,
  nodeHash,
  recordHash,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from '../../src/format/index.ts';
import { auditPath, consistencyPath } from '../../src/format/merkle-proof.ts';
import { readVectors } from './vectors.ts';

const vectors = readVectors<{
  reference: { leaves: string[]; roots: string[] };
  trees: { size: number; root: string; inclusion: string; consistency: string }[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { old: number; size: number; proof: string[] }[];
}>('merkle.json');

const LARGEST = 257;
const records = Array.from({ length: LARGEST }, (_, i) => recordHash(String(i + 1)));
const leaves = records.map(leafHash);
const roots = Array.from({ length: LARGEST + 1 }, (_, size) => rootHash(leaves.slice(0, size)));

function root(size: number): Buffer {
  return roots[size] as Buffer;
}

function digest(proofs: readonly (readonly Buffer[])[]): string {
  const sum = createHash('sha256');
  for (const proof of proofs) for (const part of [Buffer.of(proof.length), ...proof]) sum.update(part);
  return sum.digest('hex');
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('RFC 6962 trees', () => {
  test('the Certificate Transparency reference trees have the published roots', () => {
    const data = vectors.reference.leaves.map((leaf) => Buffer.from(leaf, 'hex'));
    const hashed = data.map((leaf) => createHash('sha256').update(Buffer.of(0)).update(leaf).digest());
    for (const [size, expected] of vectors.reference.roots.entries()) {
      expect(rootHash(hashed.slice(0, size)).toString('hex')).toBe(expected);
    }
  });

  test('every size up to 257 has the root of the recursive definition, grown and whole', () => {
    const tree = new MerkleTree();
    for (const { size, root: expected } of vectors.trees) {
      expect(tree.size).toBe(size);
      expect(tree.root()).toBe(expected);
      expect(root(size).toString('base64')).toBe(expected);
      if (size < LARGEST) tree.append(records[size] as string);
    }
    expect(vectors.trees).toHaveLength(LARGEST + 1);
  });

  test('every audit path and every consistency proof up to 257 is that of the recursive definition', () => {
    const known = new Map<number, Buffer>();
    const subtreeHash = (from: number, to: number): Buffer => {
      const key = from * 1000 + to;
      const hashed = known.get(key) ?? rootHash(leaves.slice(from, to));
      known.set(key, hashed);
      return hashed;
    };
    for (const { size, inclusion, consistency } of vectors.trees) {
      expect(digest(range(0, size).map((index) => auditPath(subtreeHash, index, size)))).toBe(inclusion);
      expect(digest(range(1, size + 1).map((old) => consistencyPath(subtreeHash, old, size)))).toBe(consistency);
    }
  });

  test('the proofs of size 7 are those written out', () => {
    const of = leaves.slice(0, 7);
    for (const { index, proof } of vectors.inclusion) {
      expect(inclusionProof(of, index).map((part) => part.toString('hex'))).toEqual(proof);
    }
    for (const { old, proof } of vectors.consistency) {
      expect(consistencyProof(of, old).map((part) => part.toString('hex'))).toEqual(proof);
    }
  });

  test('a root is asked for without changing the tree, and a clone grows alone', () => {
    const tree = new MerkleTree();
    for (const record of records.slice(0, 100)) tree.append(record);
    const clone = tree.clone();
    clone.append(records[100] as string);
    expect([tree.root(), tree.size]).toEqual([root(100).toString('base64'), 100]);
    expect([clone.root(), clone.size]).toEqual([root(101).toString('base64'), 101]);
    tree.append(records[5] as string);
    expect(clone.root()).toBe(root(101).toString('base64'));
  });

  test.each(['', 'ab', 'x'.repeat(64), `${'a'.repeat(63)}g`, 'é'.repeat(64), 'a'.repeat(65)])(
    'what is not a record hash is refused and leaves the tree as it was: %s',
    (text) => {
      const tree = new MerkleTree();
      tree.append(records[0] as string);
      expect(() => tree.append(text)).toThrow(RangeError);
      expect([tree.root(), tree.size]).toEqual([root(1).toString('base64'), 1]);
      expect(() => leafHash(text)).toThrow(RangeError);
    },
  );

  test('leaves and nodes are hashed with different prefixes', () => {
    const zero = Buffer.alloc(32);
    expect(leafHash('00'.repeat(32)).toString('hex')).toBe(hash('sha256', Buffer.alloc(33), 'hex'));
    expect(nodeHash(zero, zero).toString('hex')).toBe(hash('sha256', Buffer.concat([Buffer.of(1), zero, zero]), 'hex'));
    expect(() => nodeHash(zero, Buffer.alloc(31))).toThrow(RangeError);
  });
});

describe('inclusion proofs', () => {
  test('hold for every leaf of every size up to 65, and for no other index, leaf, root or size', () => {
    for (const size of range(1, 66)) {
      const of = leaves.slice(0, size);
      for (const index of range(0, size)) {
        const leaf = of[index] as Buffer;
        const proof = inclusionProof(of, index);
        expect(verifyInclusion(leaf, index, size, proof, root(size))).toBe(true);
        expect(verifyInclusion(leaf, index + 1, size, proof, root(size))).toBe(false);
        expect(verifyInclusion(leaf, index - 1, size, proof, root(size))).toBe(false);
        expect(verifyInclusion(leaves[index + 1] as Buffer, index, size, proof, root(size))).toBe(false);
        expect(verifyInclusion(leaf, index, size, proof, root(size + 1))).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...proof, leaf], root(size))).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(leaf, index, size, proof.slice(1), root(size))).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(leaf, index, size, proof.slice(0, -1), root(size))).toBe(false);
      }
    }
  });

  test('fail when any bit of them is changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: LARGEST }), fc.nat(), fc.nat(), (size, which, bit) => {
        const index = which % size;
        const proof = inclusionProof(leaves.slice(0, size), index).map((part) => Buffer.from(part));
        const changed = proof[which % proof.length] as Buffer;
        const at = bit % 256;
        changed[at >> 3] = (changed[at >> 3] as number) ^ (1 << (at & 7));
        expect(verifyInclusion(leaves[index] as Buffer, index, size, proof, root(size))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('are refused, not thrown at, when numbers or lengths make no sense', () => {
    const leaf = leaves[0] as Buffer;
    for (const [index, size] of [
      [-1, 1],
      [0, 0],
      [1, 1],
      [0.5, 1],
      [0, Number.NaN],
      [0, 2 ** 53],
    ] as const) {
      expect(verifyInclusion(leaf, index, size, [], leaf)).toBe(false);
    }
    expect(verifyInclusion(leaf.subarray(1), 0, 1, [], leaf)).toBe(false);
    expect(verifyInclusion(leaf, 0, 2, [leaf.subarray(1)], leaf)).toBe(false);
    for (const index of [LARGEST, -1, 0.5]) expect(() => inclusionProof(leaves, index)).toThrow(/^no such leaf$/);
    expect(() => inclusionProof([], 0)).toThrow(/^no such leaf$/);
  });
});

describe('consistency proofs', () => {
  test('hold between every two sizes up to 65, and for no other roots or sizes', () => {
    for (const size of range(0, 66)) {
      const of = leaves.slice(0, size);
      for (const old of range(0, size + 1)) {
        const proof = consistencyProof(of, old);
        expect(verifyConsistency(old, size, root(old), root(size), proof)).toBe(true);
        // Nothing has to be shown of an empty tree: every tree is an extension of it.
        if (old > 0) expect(verifyConsistency(old, size, root(old), root(size + 1), proof)).toBe(false);
        expect(verifyConsistency(old, size, root(old + 1), root(size), proof)).toBe(false);
        expect(verifyConsistency(old, size, root(old), root(size), [...proof, root(size)])).toBe(false);
        if (proof.length > 0) {
          expect(verifyConsistency(old, size, root(old), root(size), proof.slice(1))).toBe(false);
          expect(verifyConsistency(old, size, root(old), root(size), proof.slice(0, -1))).toBe(false);
        }
      }
    }
  });

  test('fail when any bit of them is changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: LARGEST }), fc.nat(), fc.nat(), (size, which, bit) => {
        const old = 1 + (which % (size - 1));
        const proof = consistencyProof(leaves.slice(0, size), old).map((part) => Buffer.from(part));
        const changed = proof[which % proof.length] as Buffer;
        const at = bit % 256;
        changed[at >> 3] = (changed[at >> 3] as number) ^ (1 << (at & 7));
        expect(verifyConsistency(old, size, root(old), root(size), proof)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('are refused, not thrown at, when numbers or lengths make no sense', () => {
    for (const [old, size] of [
      [-1, 1],
      [2, 1],
      [0.5, 1],
      [1, Number.POSITIVE_INFINITY],
      [1, 2 ** 53],
    ] as const) {
      expect(verifyConsistency(old, size, root(1), root(1), [])).toBe(false);
    }
    expect(verifyConsistency(1, 2, root(1).subarray(1), root(2), [leaves[1] as Buffer])).toBe(false);
    expect(verifyConsistency(3, 4, root(3), root(4), [])).toBe(false);
    for (const old of [LARGEST + 1, -1, 0.5]) expect(() => consistencyProof(leaves, old)).toThrow(/^no such size$/);
  });
});
