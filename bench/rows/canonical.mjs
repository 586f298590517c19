// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The canonical form of an event against JSON.stringify, which promises no order and checks nothing, and against npm
// canonicalize (RFC 8785), both on an object that holds the same content ready. Everybody ends with the bytes in a buffer.
//
//   node --expose-gc bench/rows/canonical.mjs M|S

import assert from 'node:assert/strict';
import { encodeEvent } from '@stepseal/core/format';
import canonicalize from 'canonicalize';
import { makeEvents } from '../../packages/core/bench/events.mjs';
import { processorTime, sinceMicros } from '../support/processor-time.mjs';
import { micros, report } from '../support/report.mjs';
import { ratios, spread, takeTurns } from '../support/rounds.mjs';

const [size = 'M'] = process.argv.slice(2);
const BATCH = 512;
const BATCHES = 12;
const target = Buffer.alloc(65_536);

/** The payload as objects, attribute by attribute as capture fills them in. */
function typed({ record, chain }) {
  const payload = JSON.parse(encodeEvent(record, chain));
  return { ...payload, attributes: refill(payload.attributes, (value) => value) };
}

/** The same content without the wrappers that say of which type a value is. */
function plain(event) {
  const payload = typed(event);
  return { ...payload, attributes: refill(payload.attributes, unwrap), body: unwrap(payload.body) };
}

function refill(attributes, change) {
  const filled = {};
  for (const name of Object.keys(attributes)) filled[name] = change(attributes[name]);
  return filled;
}

function unwrap(value) {
  if (Array.isArray(value)) return value.map(unwrap);
  const [[wrapper, inner]] = Object.entries(value);
  return wrapper === 'intValue' ? Number(inner) : inner;
}

/** Microseconds an event, of fresh events that nobody has seen yet. */
function timed(prepare, encode) {
  return () => {
    let elapsed = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const inputs = makeEvents(size, BATCH, 'filled').map(prepare);
      // What making the inputs left behind is nobody's cost.
      globalThis.gc({ type: 'minor' });
      const start = processorTime();
      for (const input of inputs) target.latin1Write(encode(input), 0);
      elapsed += sinceMicros(start);
    }
    return elapsed / (BATCH * BATCHES);
  };
}

for (const event of makeEvents(size, 256, 'filled')) {
  assert.equal(canonicalize(typed(event)), encodeEvent(event.record, event.chain), 'the contenders disagree');
}

const samples = await takeTurns(
  {
    ours: timed(
      (event) => event,
      ({ record, chain }) => encodeEvent(record, chain),
    ),
    stringifyPlain: timed(plain, JSON.stringify),
    stringifyTyped: timed(typed, JSON.stringify),
    canonicalizePlain: timed(plain, canonicalize),
    canonicalizeTyped: timed(typed, canonicalize),
  },
  { rounds: 9, warmUp: 3 },
);

const line = process.version.slice(1).split('.')[0];
const each = (name, peer) => `${micros(spread(samples[name]).median)} / ${micros(spread(samples[peer]).median)}`;
for (const [form, label] of [
  ['Plain', 'plain'],
  ['Typed', 'typed'],
]) {
  report({
    id: `canonical.stringify.${form}.${size}.node${line}`,
    what: `against JSON.stringify, ${label}, Node ${line}`,
    unit: 'x',
    samples: ratios(samples, 'ours', `stringify${form}`),
    ...(size === 'M' ? { atMost: 1 } : {}),
    beside: each('ours', `stringify${form}`),
  });
  // Only the typed form has the same bytes.
  report({
    id: `canonical.canonicalize.${form}.${size}.node${line}`,
    what: `times faster than canonicalize, ${label}, Node ${line}`,
    unit: 'x',
    samples: ratios(samples, `canonicalize${form}`, 'ours'),
    ...(size === 'M' && form === 'Typed' ? { atLeast: 4.5 } : {}),
    beside: each('ours', `canonicalize${form}`),
  });
}
