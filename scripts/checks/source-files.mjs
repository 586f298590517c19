// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Every source file starts with the two licence lines; and how long the files of the packages are, for the eye only.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

const HEADER = ['// SPDX-License-Identifier: Apache-2.0', '// Copyright The Stepseal Authors'];
const SOURCES = ['*.ts', '{packages,examples}/*/**/*.{ts,mjs,js}', '{scripts,test,bench}/**/*.{ts,mjs,js}'];
const exclude = (name) => name === 'node_modules' || name === 'dist';

const lengths = [];
for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, exclude }))) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const start = lines[0].startsWith('#!') ? 1 : 0;
  if (HEADER.some((line, index) => lines[start + index] !== line)) {
    console.log(`${file}: the two SPDX lines are missing`);
    process.exitCode = 1;
  }
  if (/^packages\/[^/]+\/src\/(?!.*generated)/.test(file)) lengths.push([lines.length - 1, file]);
}
lengths.sort(([a], [b]) => a - b);
const [longest, file] = lengths.at(-1) ?? [0, 'none'];
const median = lengths[Math.floor(lengths.length / 2)]?.[0] ?? 0;
console.log(`${lengths.length} package source files, median ${median} lines, longest ${longest} (${file})`);
