// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { ELASTICSEARCH_VERSION } from '../../scripts/real/elasticsearch.mjs';
import { judge } from '../judge.mjs';
import { machine } from '../machine.mjs';
import { section, table } from '../support/section.mjs';
import { REAL_ROWS } from './rows.mjs';

/** The part of docs/performance.md that needs a real Elasticsearch. */
export function realDocument(results, waivers, date) {
  const figures = results.flatMap((result) => result.figures);
  const waived = figures.filter((figure) => judge(figure, waivers) === 'waived');
  const client = new URL('../../node_modules/@elastic/elasticsearch/package.json', import.meta.url);
  return [
    '# With a real Elasticsearch',
    `Measured on ${date.toISOString().slice(0, 10)} by \`npm run bench:real\`, on one node of Elasticsearch ${ELASTICSEARCH_VERSION} with a heap of 1 GB and
security on, on the same machine as what asks it. It holds 1,000,000 events of 250,000 step-ups (demand, challenge,
result, access; small events) whose times go over 90 days, in three indices of the installed template, merged. They are
genuinely sealed, by the real pipeline within minutes; the documents are made as the Collector's exporter makes them, which
the tests compare, and indexed in bulk, because through a Collector a million would take too long.`,
    table([
      ['', ''],
      ...machine().filter(([name]) => !name.includes('@') && name !== 'canonicalize'),
      ['@elastic/elasticsearch', JSON.parse(readFileSync(client, 'utf8')).version],
    ]),
    ...REAL_ROWS.flatMap((row) => section(row, results, waivers)),
    ...(waived.length === 0 ? [] : ['## Waived there', ...waived.map(({ id, what }) => `**${what}**: ${waivers[id]}`)]),
  ].join('\n\n');
}
