// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// `npm run check`: every static check, two at a time, each with its own verdict. `npm run check -- lint docs` runs
// those named. A check that passes may say one line about what it saw.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ready } from './ready.mjs';
import { capture, root } from './run.mjs';

const CHECKS = {
  format: ['biome', 'check', '--colors=off'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  tests: ['tsc', '-p', 'tsconfig.tests.json', '--pretty', 'false'],
  unused: ['knip', '--no-progress', '--no-config-hints'],
  registry: ['node', 'scripts/generate-registry.mjs', '--check'],
  queries: ['node', 'scripts/generate-queries.mjs', '--check'],
  vectors: ['node', 'scripts/generate-merkle-vectors.mjs', '--check'],
  docs: ['node', 'scripts/checks/docs-code.mjs'],
  sources: ['node', 'scripts/checks/source-files.mjs'],
  shape: ['node', 'scripts/checks/package-shape.mjs'],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in CHECKS));
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${Object.keys(CHECKS).join(', ')}.`);
  process.exit(2);
}

const node = await ready();
const queue = Object.keys(CHECKS).filter((name) => wanted.length === 0 || wanted.includes(name));
const failed = [];
await Promise.all([worker(), worker()]);
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function worker() {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) await check(name);
}

async function check(name) {
  const [program, ...args] = CHECKS[name];
  if (program === 'node' && !existsSync(join(root, args[0]))) return;
  const started = performance.now();
  const { code, output } = await capture(program === 'node' ? node : program, args, {
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const remark = code === 0 && /^[^\n]+\n$/.test(output) ? `  ${output.trim()}` : '';
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(9)}${seconds.padStart(5)} s${remark}`);
  if (code === 0) return;
  failed.push(name);
  console.log(output.trimEnd().replace(/^/gm, '      '));
}
