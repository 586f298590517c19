// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Size of an index, and of the same documents without the sealed bytes.

import { report } from '../../support/report.mjs';
import { segmentsOf } from '../../support/segments.mjs';
import { fill, settle } from '../support/fill.mjs';
import { call, STREAM } from '../support/server.mjs';
import { parted } from '../support/trail.mjs';

const PLAIN = 'logs-stepseal.audit.otel-plain';
const [, , directory] = process.argv.slice(2);

const segments = parted(segmentsOf(directory))[0];
const count = await fill(PLAIN, segments, (document) => {
  const { attributes, ...rest } = JSON.parse(document);
  delete attributes['audit.integrity.payload'];
  return JSON.stringify({ ...rest, attributes });
});
await settle(PLAIN);

/** Bytes of a document in the first index of a data stream. */
async function bytesEach(dataStream) {
  const { indices } = await call('GET', `/${dataStream}/_stats/docs,store`);
  const [first] = Object.keys(indices).sort();
  const { docs, store } = indices[first].primaries;
  if (docs.count !== count) throw new Error(`${docs.count} documents instead of ${count}`);
  return store.size_in_bytes / docs.count;
}

const [sealed, plain] = [await bytesEach(STREAM), await bytesEach(PLAIN)];
report({
  id: 'real.storage',
  what: `size of an event, ${count.toLocaleString('en')} documents`,
  unit: 'x',
  samples: [sealed / plain],
  atMost: 2,
  beside: `${sealed.toFixed(0)} bytes against ${plain.toFixed(0)}`,
});
process.exit();
