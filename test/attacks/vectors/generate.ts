// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Writes docs/spec/vectors/streams anew: node test/attacks/vectors/generate.ts

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vectorFiles } from './layout.ts';

const directory = fileURLToPath(new URL('../../../docs/spec/vectors/streams/', import.meta.url));

const files = vectorFiles();
mkdirSync(directory, { recursive: true });
for (const name of readdirSync(directory)) {
  if (!files.has(name)) {
    rmSync(`${directory}${name}`);
  }
}
let bytes = 0;
for (const [name, content] of files) {
  writeFileSync(`${directory}${name}`, content);
  bytes += content.length;
}
console.log(`${files.size} files, ${bytes} bytes`);
