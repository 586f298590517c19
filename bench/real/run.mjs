// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Measures what needs a real Elasticsearch, prints it, and writes its part of docs/performance.md. With names of rows as
// arguments it measures only those and writes nothing. Exits with 1 where a figure misses its target and
// bench/waivers.json gives no reason. STEPSEAL_BENCH_EVENTS tries it out with fewer events, and writes nothing either.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect, install } from '@stepseal/elastic';
import { startElasticsearch } from '../../scripts/real/start-elasticsearch.mjs';
import { judge } from '../judge.mjs';
import { measure } from '../support/measure.mjs';
import { writeWithServers } from '../support/performance-file.mjs';
import { scratch } from '../support/scratch.mjs';
import { newIdentity, trusting } from '../support/trail.mjs';
import { realDocument } from './document.mjs';
import { REAL_ROWS } from './rows.mjs';
import { parted, writeStepUps } from './support/trail.mjs';

const MILLION = 1_000_000;
/** Segments, two indices, and what merging takes. */
const BYTES_AN_EVENT = 9_000;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const waivers = JSON.parse(readFileSync(here('../waivers.json'), 'utf8'));
const events = Number(process.env.STEPSEAL_BENCH_EVENTS ?? MILLION);
const wanted = process.argv.slice(2);
const rows = REAL_ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

const trail = scratch(events * BYTES_AN_EVENT);
const { elasticsearch, jdk } = JSON.parse(process.env.STEPSEAL_REAL_PARTS);
const node = await startElasticsearch({ home: elasticsearch, jdk, directory: scratch() });
process.env.STEPSEAL_BENCH_SERVER = JSON.stringify({ url: node.url, user: 'elastic', password: node.password });
const results = [];
const unmeasured = [];
try {
  const identity = newIdentity();
  const filled = await fillStream(identity);
  console.log(`${filled} documents in ${node.url}.`);
  for (const row of rows) {
    console.log(`\n${row.title}`);
    const { figures, failure } = await measure({
      script: here(`rows/${row.name}.mjs`),
      part: [String(events), trusting(identity), trail],
      minutes: row.minutes,
      waivers,
    });
    results.push({ name: row.name, figures });
    if (failure !== undefined) unmeasured.push(`${row.name}: ${failure}`);
  }
} finally {
  await node.server.stop();
}
if (rows.length === REAL_ROWS.length && unmeasured.length === 0 && events === MILLION) {
  writeWithServers(realDocument(results, waivers, new Date()));
  console.log('\nWritten to docs/performance.md.');
}
const missed = results.flatMap(({ figures }) => figures).filter((figure) => judge(figure, waivers) === 'missed');
for (const { id, what } of missed) console.error(`Missed, and bench/waivers.json does not say why: ${id} (${what}).`);
for (const part of unmeasured) console.error(`Not measured: ${part}.`);
process.exitCode = missed.length + unmeasured.length === 0 ? 0 : 1;

/** Seals the events, and indexes what the exporter would make of them. @returns how many documents */
async function fillStream(identity) {
  const { call, STREAM } = await import('./support/server.mjs');
  const { fill, settle } = await import('./support/fill.mjs');
  const installer = await connect({ url: node.url, user: 'elastic', password: node.password });
  try {
    await install(installer, { withoutRoles: true });
  } finally {
    await installer.close();
  }
  const start = Date.now();
  console.log(`Sealing ${events.toLocaleString('en')} events.`);
  const segments = await writeStepUps(trail, events, identity);
  console.log(`Indexing them (${Math.round((Date.now() - start) / 1000)} s).`);
  let count = 0;
  for (const [index, part] of parted(segments).entries()) {
    if (index > 0) await call('POST', `/${STREAM}/_rollover`);
    count += await fill(STREAM, part);
  }
  await settle(STREAM);
  return count;
}
