// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// `npm run bench:real`: makes the clone ready, fetches Elasticsearch as `npm run test:real` does, then measures; with
// names of rows as arguments only those.

import { ready } from './ready.mjs';
import { ensureElasticsearch } from './real/elasticsearch.mjs';
import { findTools } from './real/tools.mjs';
import { run } from './run.mjs';

const node = await ready();
const { jdk, maven, missing } = findTools({ collector: false });
if (missing.length > 0) {
  for (const tool of missing) console.error(`Missing: ${tool}.`);
  process.exit(1);
}
const say = (line) => console.log(`Real parts: ${line}.`);
const elasticsearch = await ensureElasticsearch({ maven, jdk, say });
process.exitCode = await run(node, ['bench/real/run.mjs', ...process.argv.slice(2)], {
  STEPSEAL_REAL_PARTS: JSON.stringify({ elasticsearch, jdk }),
});
