// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';
import { MerkleTree } from '@stepseal/core/format';
import { forEachRecord } from './segments.mjs';

/**
 * Splits the lines and makes the hashes that a verification cannot do without: of each record, of its leaf, and of the
 * tree of each stream. Compares nothing, parses nothing, checks no signature.
 *
 * @returns how many records there are
 */
export function hashAll(paths) {
  let records = 0;
  for (const path of paths) {
    const tree = new MerkleTree();
    forEachRecord(path, (line) => tree.append(hash('sha256', line, 'hex')));
    tree.root();
    records += tree.size;
  }
  return records;
}

/** Parses each record with `JSON.parse` and hashes it. Whether it is canonical, it does not ask. */
export function parseAll(paths) {
  let records = 0;
  for (const path of paths) {
    forEachRecord(path, (line) => {
      const digest = hash('sha256', line, 'hex');
      const { attributes } = JSON.parse(line.toString());
      if (digest === '' || attributes === undefined) throw new Error('not a record');
      records++;
    });
  }
  return records;
}
