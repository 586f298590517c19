// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// `npm run test:real`: the tests against a real OpenTelemetry Collector and a real Elasticsearch, which it fetches,
// builds, starts and stops itself; arguments go to vitest. Where a tool for that is missing it says which and skips;
// with CI=true it fails instead.

import { join } from 'node:path';
import { ready } from './ready.mjs';
import { ensureCollector } from './real/collector.mjs';
import { ensureElasticsearch } from './real/elasticsearch.mjs';
import { findTools } from './real/tools.mjs';
import { root, run } from './run.mjs';

const node = await ready();
const { missing, ...tools } = findTools();
if (missing.length > 0) {
  for (const tool of missing) console.log(`Missing: ${tool}.`);
  const must = process.env.CI === 'true';
  console.log(
    must ? 'The real servers cannot be started.' : 'Without them the real servers cannot be started: skipped.',
  );
  console.log(`\n0 passed, ${must ? 1 : 0} failed${must ? '' : ', 1 skipped'}`);
  process.exit(must ? 1 : 0);
}
const say = (line) => console.log(`Real parts: ${line}.`);
const collector = await ensureCollector({ ...tools, say });
const elasticsearch = await ensureElasticsearch({ ...tools, say });
process.exitCode = await run(
  node,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)],
  {
    STEPSEAL_REAL_PARTS: JSON.stringify({ collector, elasticsearch, jdk: tools.jdk }),
  },
);
