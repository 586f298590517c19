// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The Elasticsearch side of docker-compose.yml: what `stepseal elastic install` puts there, then the Collector's user
// with the role of a writer, the verifier's with that of an auditor, and Kibana's password. Takes the directory that the
// secrets are mounted in.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RETAIN = '90 days';
const url = process.env.STEPSEAL_ELASTICSEARCH_URL;
const mounted = process.argv[2] ?? '/run';
const [elastic, auditor, kibana, writer] = [
  'stepseal/elastic',
  'stepseal-auditor/auditor',
  'stepseal/kibana',
  'stepseal-collector/writer',
].map((path) => readFileSync(join(mounted, path), 'utf8'));

const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const as = ['--elasticsearch-user', 'elastic', '--password-file', join(mounted, 'stepseal/elastic')];
const { status } = spawnSync(process.execPath, [main, 'elastic', 'install', '--retain', RETAIN, ...as], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
await put('/_security/user/stepseal_collector', { password: writer, roles: ['stepseal_audit_writer'] });
await put('/_security/user/stepseal_auditor', { password: auditor, roles: ['stepseal_audit_auditor'] });
await put('/_security/user/kibana_system/_password', { password: kibana });

async function put(path, body) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`elastic:${elastic}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} was answered with ${response.status}`);
}
