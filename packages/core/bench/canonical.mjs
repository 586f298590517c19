// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The encoder of registry events against JSON.stringify and npm canonicalize on the same content, as ratios of one
// run. Every contender ends with bytes in a buffer, so that the encoder pays inside its own time for making its string
// one piece. Inputs are fresh objects, made just before their turn. Run with --json for figures another script reads.

import assert from 'node:assert/strict';
import canonicalize from 'canonicalize';
import { encodeEvent } from '../dist/format/index.js';
import { makeEvents, reshape } from './events.mjs';

const BATCH = 128;
const WARM_UP = 100;
const buffer = Buffer.alloc(65_536);

function typedOf({ record, chain }, shape) {
  const typed = JSON.parse(encodeEvent(record, chain));
  return { ...typed, attributes: reshape(typed.attributes, shape) };
}

function plainOf(item, shape) {
  const typed = typedOf(item, shape);
  const unwrap = (value) => {
    if (Array.isArray(value)) return value.map(unwrap);
    const [kind, inner] = Object.entries(value)[0];
    return kind === 'intValue' ? Number(inner) : inner;
  };
  const attributes = Object.fromEntries(Object.entries(typed.attributes).map(([name, value]) => [name, unwrap(value)]));
  // Made from entries, an object is held like one that was filled in; parsed, like a literal.
  const literal = JSON.parse(JSON.stringify(attributes));
  return { ...typed, attributes: reshape(literal, shape), body: unwrap(typed.body) };
}

function freshOf({ record, chain }, shape) {
  return { record: { ...record, attributes: reshape(record.attributes, shape) }, chain: { ...chain } };
}

const CONTENDERS = {
  encoder: { prepare: freshOf, run: ({ record, chain }) => encodeEvent(record, chain) },
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

/**
 * Nanoseconds an event of every contender: medians over batches, the contenders taking turns.
 *
 * @param size `M` or `S` of events.mjs
 * @param shape `literal` or `filled`, see `reshape`
 * @param rounds batches of 128 events a contender
 */
export function measureCanonical(size, shape, rounds = 300) {
  const samples = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, []]));
  let bytes = 0;
  for (let round = -WARM_UP; round < rounds; round++) {
    const events = makeEvents(size, BATCH, shape);
    const payload = encodeEvent(events[0].record, events[0].chain);
    assert.equal(canonicalize(typedOf(events[0], shape)), payload);
    bytes = payload.length;
    for (const [name, { prepare, run }] of Object.entries(CONTENDERS)) {
      const items = events.map((event) => prepare(event, shape));
      const time = timeBatch(run, items);
      if (round >= 0) samples[name].push(time);
    }
  }
  const ns = Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
  return { size, shape, bytes, ns };
}

function print({ size, shape, bytes, ns }) {
  console.log(`\n${size}, ${bytes} bytes, attributes ${shape}`);
  for (const [name, time] of Object.entries(ns)) {
    const ratio = (ns.encoder / time).toFixed(2);
    console.log(`  ${name.padEnd(24)} ${(time / 1000).toFixed(2).padStart(7)} µs   encoder / this ${ratio}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const results = [];
  for (const size of ['M', 'S']) for (const shape of ['literal', 'filled']) results.push(measureCanonical(size, shape));
  if (process.argv.includes('--json')) console.log(JSON.stringify(results));
  else results.forEach(print);
}
