// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The encoder of registry events against JSON.stringify and npm canonicalize on the same content, as ratios of one
// run. Every contender ends with a flat string: each result is written to a buffer, and the encoder's rope is
// flattened by that, inside its own time. Run with --json for figures another script can read.

import assert from 'node:assert/strict';
import canonicalize from 'canonicalize';
import { encodeEvent } from '../dist/format/index.js';
import { makeEvents } from './events.mjs';

const ROUNDS = 7;
const BATCH = 512;
const BATCHES = 24;
const buffer = Buffer.alloc(65_536);

function typedOf({ record, chain }) {
  return JSON.parse(encodeEvent(record, chain));
}

function plainOf(item) {
  const typed = typedOf(item);
  const unwrap = (value) => {
    if (Array.isArray(value)) return value.map(unwrap);
    const [kind, inner] = Object.entries(value)[0];
    return kind === 'intValue' ? Number(inner) : inner;
  };
  const attributes = Object.fromEntries(Object.entries(typed.attributes).map(([name, value]) => [name, unwrap(value)]));
  return { ...typed, attributes, body: unwrap(typed.body) };
}

const CONTENDERS = {
  encoder: { prepare: (item) => item, run: ({ record, chain }) => encodeEvent(record, chain) },
  'JSON.stringify, plain': { prepare: plainOf, run: (plain) => JSON.stringify(plain) },
  'JSON.stringify, typed': { prepare: typedOf, run: (typed) => JSON.stringify(typed) },
  'canonicalize, plain': { prepare: plainOf, run: (plain) => canonicalize(plain) },
  'canonicalize, typed': { prepare: typedOf, run: (typed) => canonicalize(typed) },
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function timeBatch(run, items) {
  const start = process.hrtime.bigint();
  for (const item of items) buffer.latin1Write(run(item), 0);
  return Number(process.hrtime.bigint() - start) / items.length;
}

/** Nanoseconds an event of every contender: medians over rounds, the contenders taking turns. */
export function measureCanonical(size, shape) {
  const samples = new Map(Object.keys(CONTENDERS).map((name) => [name, []]));
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Map(Object.keys(CONTENDERS).map((name) => [name, 0]));
    for (let batch = 0; batch < BATCHES; batch++) {
      const items = makeEvents(size, BATCH, shape);
      bytes = encodeEvent(items[0].record, items[0].chain).length;
      assert.equal(canonicalize(typedOf(items[0])), encodeEvent(items[0].record, items[0].chain));
      for (const [name, { prepare, run }] of Object.entries(CONTENDERS)) {
        sums.set(name, sums.get(name) + timeBatch(run, items.map(prepare)));
      }
    }
    if (round > 2) for (const [name, sum] of sums) samples.get(name).push(sum / BATCHES);
  }
  const ns = Object.fromEntries([...samples].map(([name, values]) => [name, median(values)]));
  return { size, shape, bytes, ns };
}

if (process.argv[1] === import.meta.filename) {
  const results = [];
  for (const size of ['M', 'S']) for (const shape of ['literal', 'filled']) results.push(measureCanonical(size, shape));
  if (process.argv.includes('--json')) console.log(JSON.stringify(results));
  else {
    for (const { size, shape, bytes, ns } of results) {
      console.log(`\n${size}, ${bytes} bytes, attributes ${shape}`);
      for (const [name, time] of Object.entries(ns)) {
        const ratio = (ns.encoder / time).toFixed(2);
        console.log(`  ${name.padEnd(24)} ${(time / 1000).toFixed(2).padStart(7)} µs   encoder / this ${ratio}`);
      }
    }
  }
}
