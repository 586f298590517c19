// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Makes the passwords of docker-compose.yml that are not there yet, each readable by the one user that needs it, and
// gives the volumes to the users who write there. Prints none.

import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = process.argv[2] ?? '/';

/** Elasticsearch, Kibana and the Node image run as this user. */
const ELASTIC = 1000;
const COLLECTOR = 10_001;

/** Elasticsearch refuses a password file that anybody else may read. */
const OWNER_ONLY = 0o400;

for (const [path, owner] of [
  ['secrets/elastic', ELASTIC],
  ['secrets/kibana', ELASTIC],
  ['secrets/kibana-encryption', ELASTIC],
  ['auditor-secrets/auditor', ELASTIC],
  ['collector-secrets/writer', COLLECTOR],
]) {
  const place = join(root, path);
  if (existsSync(place)) continue;
  mkdirSync(dirname(place), { recursive: true });
  // A start that is broken off here leaves a draft, never half a password.
  const draft = `${place}.draft`;
  writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: OWNER_ONLY });
  give(draft, owner);
  renameSync(draft, place);
}
for (const [path, owner] of [
  ['secrets', ELASTIC],
  ['auditor-secrets', ELASTIC],
  ['collector-secrets', COLLECTOR],
  ['collector-queue', COLLECTOR],
  ['records', ELASTIC],
  ['verifier', ELASTIC],
]) {
  mkdirSync(join(root, path), { recursive: true });
  give(join(root, path), owner);
}

function give(path, owner) {
  if (process.getuid() === 0) chownSync(path, owner, owner);
}
