// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Runs every cell of the matrix and prints a table; with words as arguments, only the cells whose names hold all of them.
// Exits with 1 where a cell failed. A cell whose versions the registry lacks is skipped, and said to be.

import { join } from 'node:path';
import { CELLS, nameOf } from './cells.mjs';
import { Absent, cache, installOurs, installProject, packPackages, versionsOf } from './projects.mjs';
import { runCell } from './run-cell.mjs';

const words = process.argv.slice(2);
const cells = CELLS.filter((cell) => words.every((word) => nameOf(cell).includes(word)));
const started = performance.now();
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);

console.log(`Installing into ${cache}`);
const tarballs = await packPackages();
/** Folder of each project, or why there is none. */
const installed = new Map();

async function install(project, ours) {
  if (installed.has(project)) return;
  try {
    const directory = await installProject(project);
    if (ours) await installOurs(directory, tarballs);
    installed.set(project, directory);
  } catch (error) {
    installed.set(project, error);
  }
}

for (const { project, node, secondApi } of cells) {
  if (node !== undefined) await install(`node-${node}`, false);
  if (secondApi) await install('otel-3', true);
  await install(project, true);
}
console.log(`Installed in ${seconds(started)} s\n`);
for (const project of new Set(cells.map((cell) => cell.project))) console.log(`  ${project}: ${versionsOf(project)}`);
console.log(`  node of the project: ${process.version.slice(1)}\n`);

const nodeOf = (cell) =>
  cell.node === undefined
    ? process.execPath
    : join(
        installed.get(`node-${cell.node}`),
        'node_modules',
        'node',
        'bin',
        process.platform === 'win32' ? 'node.exe' : 'node',
      );

async function judge(cell) {
  const needed = [cell.project, ...(cell.node === undefined ? [] : [`node-${cell.node}`])];
  const missing = needed.map((project) => installed.get(project)).find((place) => place instanceof Error);
  if (missing instanceof Absent) return { result: 'skipped', why: missing.message };
  if (missing !== undefined) return { result: 'FAILED', why: `not installed: ${missing.stderr ?? missing.message}` };
  const newerApi = cell.secondApi ? join(installed.get('otel-3'), 'node_modules', '@opentelemetry', 'api') : undefined;
  try {
    return { result: 'passed', shown: await runCell(cell, installed.get(cell.project), nodeOf(cell), newerApi) };
  } catch (error) {
    return { result: 'FAILED', why: error.message };
  }
}

const counts = { passed: 0, FAILED: 0, skipped: 0 };
for (const cell of cells) {
  const begun = performance.now();
  const { result, why, shown = '' } = await judge(cell);
  counts[result] += 1;
  console.log(`  ${nameOf(cell).padEnd(60)}${result.padEnd(9)}${seconds(begun).padStart(5)} s  ${shown}`.trimEnd());
  if (why !== undefined) console.log(why.trimEnd().replace(/^/gm, '    '));
}
console.log(`\n${counts.passed} passed, ${counts.FAILED} failed, ${counts.skipped} skipped, in ${seconds(started)} s`);
process.exitCode = counts.FAILED === 0 && counts.passed > 0 ? 0 : 1;
