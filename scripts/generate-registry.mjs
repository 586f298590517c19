// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Writes everything that follows from the registry: names and types, tables, encoders, documentation page and
// Elasticsearch field list. With --check nothing is written; the exit code is 1 if a file is out of step.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventsPage } from './registry/emit-docs.mjs';
import { elasticFieldsModule } from './registry/emit-elastic.mjs';
import { encoderFiles } from './registry/emit-encoders.mjs';
import { elasticsearchFields } from './registry/emit-fields.mjs';
import { semconvFiles } from './registry/emit-semconv.mjs';
import { formatFiles } from './registry/format-files.mjs';
import { loadRegistry } from './registry/load.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const core = join(root, 'packages/core');
const SEMCONV = join(core, 'src/semconv/generated');
const ELASTIC_FIELDS = join(root, 'packages/elastic/src/generated/attribute-fields.ts');
const ENCODERS = join(core, 'src/format/generated');

async function wantedFiles() {
  const registry = await loadRegistry(join(core, 'registry/step-up.yaml'));
  const wanted = new Map();
  for (const [name, text] of semconvFiles(registry)) wanted.set(join(SEMCONV, name), text);
  for (const [name, text] of encoderFiles(registry)) wanted.set(join(ENCODERS, name), text);
  wanted.set(join(core, 'registry/elasticsearch-fields.json'), elasticsearchFields(registry));
  wanted.set(ELASTIC_FIELDS, elasticFieldsModule(elasticsearchFields(registry)));
  const formatted = await formatFiles(wanted);
  formatted.set(join(root, 'docs/spec/events.md'), eventsPage(registry));
  return formatted;
}

async function leftovers(wanted) {
  const present = [];
  for (const directory of [SEMCONV, ENCODERS]) {
    const names = await readdir(directory).catch(() => []);
    present.push(...names.map((name) => join(directory, name)));
  }
  return present.filter((path) => !wanted.has(path));
}

const check = process.argv.includes('--check');
const wanted = await wantedFiles();
const stale = await leftovers(wanted);
for (const [path, text] of wanted) {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === text) continue;
  stale.push(path);
  if (check) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
const names = stale.map((path) => path.slice(root.length));
if (check && stale.length > 0) {
  console.error(`out of step with the registry (run npm run generate):\n  ${names.join('\n  ')}`);
  process.exitCode = 1;
} else if (!check) {
  for (const path of stale) if (!wanted.has(path)) await rm(path);
  console.log(
    stale.length === 0 ? 'the registry and what follows from it are in step' : `written: ${names.join(', ')}`,
  );
}
