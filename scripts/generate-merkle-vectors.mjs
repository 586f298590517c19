#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Writes docs/spec/vectors/merkle.json from the recursive definitions of RFC 6962 section 2.1, word for word and without
// a line of the product's code, so that the product is tested against something else than itself.
// `--check` compares instead of writing.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../docs/spec/vectors/merkle.json', import.meta.url);
const LARGEST = 257;

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHash = (data) => sha256(Buffer.of(0), data);
const split = (n) => 2 ** (Math.ceil(Math.log2(n)) - 1);

// MTH, PATH and SUBPROOF of RFC 6962; d is the list of leaf data.
const known = new Map();
function mth(d, from = 0, to = d.length) {
  const key = `${d.id} ${from} ${to}`;
  if (!known.has(key)) known.set(key, computeMth(d, from, to));
  return known.get(key);
}
function computeMth(d, from, to) {
  const n = to - from;
  if (n === 0) return sha256();
  if (n === 1) return leafHash(d[from]);
  const k = split(n);
  return sha256(Buffer.of(1), mth(d, from, from + k), mth(d, from + k, to));
}
function path(m, d, from, to) {
  const n = to - from;
  if (n === 1) return [];
  const k = split(n);
  return m < k
    ? [...path(m, d, from, from + k), mth(d, from + k, to)]
    : [...path(m - k, d, from + k, to), mth(d, from, from + k)];
}
function subproof(m, d, from, to, whole) {
  const n = to - from;
  if (m === n) return whole ? [] : [mth(d, from, to)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, d, from, from + k, whole), mth(d, from + k, to)]
    : [...subproof(m - k, d, from + k, to, false), mth(d, from, from + k)];
}

const digest = (proofs) => sha256(...proofs.flatMap((proof) => [Buffer.of(proof.length), ...proof])).toString('hex');
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const hex = (hashes) => hashes.map((hash) => hash.toString('hex'));

const records = range(1, LARGEST + 1).map((number) => sha256(Buffer.from(String(number))));
records.id = 'records';
const trees = range(0, LARGEST + 1).map((size) => ({
  size,
  root: mth(records, 0, size).toString('base64'),
  inclusion: digest(range(0, size).map((index) => path(index, records, 0, size))),
  consistency: digest(range(1, size + 1).map((old) => subproof(old, records, 0, size, true))),
}));
const inclusion = range(0, 7).map((index) => ({ index, size: 7, proof: hex(path(index, records, 0, 7)) }));
const consistency = range(1, 8).map((old) => ({ old, size: 7, proof: hex(subproof(old, records, 0, 7, true)) }));

// The leaf data, tree heads and proofs of the Certificate Transparency reference tests (google/certificate-transparency,
// cpp/merkletree), known answers that are not of our making.
const reference = {
  leaves: ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'],
  roots: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
};

const about =
  'RFC 6962 trees over record hashes (hashing.md). The record hash of record k is SHA-256 of k in ASCII decimal; tree n ' +
  'holds records 1 to n. inclusion is SHA-256 over the audit paths of all leaves in order, consistency over the proofs ' +
  'from sizes 1 to n, each proof as one byte with its number of hashes and then the hashes. The proofs of size 7 are ' +
  'written out. reference: leaf data and roots of sizes 0 to 8 of the Certificate Transparency reference tests.';
const lines = (items) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
const text = `{
  "about": ${JSON.stringify(about)},
  "reference": ${JSON.stringify(reference)},
  "trees": [
${lines(trees)}
  ],
  "inclusion": [
${lines(inclusion)}
  ],
  "consistency": [
${lines(consistency)}
  ]
}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error('docs/spec/vectors/merkle.json is out of step: run node scripts/generate-merkle-vectors.mjs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, text);
}
