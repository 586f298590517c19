// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Verification of a data stream against reading the same documents with the bare client.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { perSecond, report } from '../../support/report.mjs';
import { ratios, spread, takeTurns } from '../../support/rounds.mjs';
import { scratch } from '../../support/scratch.mjs';
import { peakMemory } from '../support/peak-memory.mjs';
import { bareClient, STREAM } from '../support/server.mjs';
import { verifyIndex } from '../support/verify-index.mjs';

/** As `verify` asks for. */
const PAGE = 1_000;
const SORT = [{ 'attributes.audit.sequence.stream_id': 'asc' }, { 'attributes.audit.sequence.number': 'asc' }];
const [events, policy] = process.argv.slice(2);

/** How many documents the bare client reads, doing nothing with them. */
async function readAll() {
  const client = bareClient();
  const { id } = await client.openPointInTime({ index: STREAM, keep_alive: '5m' });
  let count = 0;
  let after;
  for (;;) {
    const { hits } = await client.search({
      size: PAGE,
      pit: { id, keep_alive: '5m' },
      sort: SORT,
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: after }),
    });
    count += hits.hits.length;
    after = hits.hits.at(-1)?.sort;
    if (hits.hits.length < PAGE) break;
  }
  await client.closePointInTime({ id });
  await client.close();
  if (count < Number(events)) throw new Error(`only ${count} documents were read`);
  return count;
}

let documents = 0;

async function timed(run) {
  const start = performance.now();
  documents = await run();
  return (performance.now() - start) * 1000;
}

const samples = await takeTurns(
  { ours: () => timed(() => verifyIndex(policy)), bare: () => timed(readAll) },
  { rounds: 3, warmUp: 1 },
);
const rate = (name) => perSecond(spread(samples[name]).median / documents);
report({
  id: 'real.verify.rate',
  what: `speed over ${documents.toLocaleString('en')} documents`,
  unit: '%',
  samples: ratios(samples, 'bare', 'ours').map((ratio) => ratio * 100),
  atLeast: 60,
  beside: `${rate('ours')} against ${rate('bare')}`,
});

const trustFile = join(scratch(), 'trust.json');
writeFileSync(trustFile, policy);
report({
  id: 'real.verify.memory',
  what: 'highest resident memory',
  unit: 'MB',
  samples: [peakMemory(trustFile), peakMemory(trustFile)],
  atMost: 250,
  beside: '',
});
process.exit();
