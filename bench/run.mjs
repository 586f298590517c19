// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Measures every row of the table, prints it, and writes docs/performance.md. With names of rows as arguments it measures
// only those and writes nothing. Exits with 1 where a figure misses its target and waivers.json gives no reason.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { document } from './document.mjs';
import { judge, measured, target } from './judge.mjs';
import { ROWS } from './rows.mjs';

const ROW_MINUTES = 6;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const waivers = JSON.parse(readFileSync(here('waivers.json'), 'utf8'));
const NODES = { 20: here('../test/tooling/node_modules/node/bin/node') };

/** Figures of one part of a row, from a process of its own. */
async function measure(row, part) {
  const execPath = row.node === undefined ? process.execPath : NODES[row.node];
  if (!existsSync(execPath)) throw new Error(`Node ${row.node} is not installed`);
  const child = fork(here(`rows/${row.name}.mjs`), part, { execPath, execArgv: ['--expose-gc'] });
  const figures = [];
  child.on('message', (figure) => {
    figures.push(figure);
    printFigure(figure);
  });
  const limit = setTimeout(() => child.kill(), ROW_MINUTES * 60_000);
  const [code] = await once(child, 'exit');
  clearTimeout(limit);
  if (code !== 0 || figures.length === 0) throw new Error(`the row ${row.name} could not be measured`);
  return figures;
}

function printFigure(figure) {
  const cells = [figure.what.padEnd(56), measured(figure).padEnd(22), target(figure).padEnd(10)];
  console.log(`  ${cells.join('')}${judge(figure, waivers).padEnd(10)}${figure.beside}`);
}

const wanted = process.argv.slice(2);
const rows = ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results = [];
for (const row of rows) {
  if (row.title !== undefined) console.log(`\n${row.title}`);
  for (const part of row.parts) results.push({ name: row.name, figures: await measure(row, part) });
}
if (rows.length === ROWS.length) {
  writeFileSync(here('../docs/performance.md'), document(results, waivers, new Date()));
  console.log('\nWritten to docs/performance.md.');
}
const missed = results.flatMap(({ figures }) => figures).filter((figure) => judge(figure, waivers) === 'missed');
for (const { id, what } of missed) console.error(`Missed, and bench/waivers.json does not say why: ${id} (${what}).`);
process.exitCode = missed.length === 0 ? 0 : 1;
