// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Measures every row of the table, prints it, and writes docs/performance.md. With names of rows as arguments it measures
// only those and writes nothing. Exits with 1 where a figure misses its target and waivers.json gives no reason.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { document } from './document.mjs';
import { judge } from './judge.mjs';
import { ROWS } from './rows.mjs';
import { measure } from './support/measure.mjs';
import { writeWithoutServers } from './support/performance-file.mjs';

const PART_MINUTES = 12;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const waivers = JSON.parse(readFileSync(here('waivers.json'), 'utf8'));
const NODES = { 20: here('../test/tooling/node_modules/node/bin/node') };

/** Figures of one part of a row. What could not be measured counts as a target missed. */
async function measurePart(row, part) {
  const execPath = row.node === undefined ? process.execPath : NODES[row.node];
  if (!existsSync(execPath)) {
    unmeasured.push(`${row.name}: Node ${row.node} is not installed`);
    return [];
  }
  const script = here(`rows/${row.name}.mjs`);
  const { figures, failure } = await measure({ script, part, minutes: PART_MINUTES, waivers, execPath });
  if (failure !== undefined) unmeasured.push(`${row.name} ${part.join(' ')}: ${failure}`);
  return figures;
}

const unmeasured = [];
const wanted = process.argv.slice(2);
const rows = ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results = [];
for (const row of rows) {
  if (row.title !== undefined) console.log(`\n${row.title}`);
  for (const part of row.parts) results.push({ name: row.name, figures: await measurePart(row, part) });
}
if (rows.length === ROWS.length && unmeasured.length === 0) {
  writeWithoutServers(document(results, waivers, new Date()));
  console.log('\nWritten to docs/performance.md.');
}
const missed = results.flatMap(({ figures }) => figures).filter((figure) => judge(figure, waivers) === 'missed');
for (const { id, what } of missed) console.error(`Missed, and bench/waivers.json does not say why: ${id} (${what}).`);
for (const part of unmeasured) console.error(`Not measured: ${part}.`);
process.exitCode = missed.length + unmeasured.length === 0 ? 0 : 1;
