// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { cached } from './cache.mjs';
import { runQuietly } from './run-quietly.mjs';

export const ELASTICSEARCH_VERSION = '9.5.3';
// The one distribution that package registries carry: the real server with few modules (docs/elasticsearch.md).
const ARTIFACT = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`;

/** Fetches Elasticsearch, or finds the one fetched before. @returns {Promise<string>} its home directory */
export async function ensureElasticsearch({ maven, jdk, say, env = process.env }) {
  const directory = await cached(`elasticsearch-${ELASTICSEARCH_VERSION}`, async (draft) => {
    say(`fetching Elasticsearch ${ELASTICSEARCH_VERSION} (130 MB, once)`);
    const args = ['-q', '-B', 'dependency:unpack', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${draft}`];
    await runQuietly(maven, args, { cwd: draft, env: { ...env, JAVA_HOME: jdk } });
  });
  return join(directory, `elasticsearch-${ELASTICSEARCH_VERSION}`);
}
