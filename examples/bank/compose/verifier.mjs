// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Trusts the bank's key and its own, and verifies what Elasticsearch holds every minute, until SIGTERM. What a real
// deployment does by hand, once, and from another machine, happens here at the start: whose key counts is decided.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const { BANK_RECORDS, VERIFIER_DIR, COLLECTOR, STEPSEAL_DEPLOYMENT: bank } = process.env;
const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const trust = join(VERIFIER_DIR, 'trust.json');
const own = join(VERIFIER_DIR, 'verifier');

async function trustKeysOf(directory, deployment) {
  const keys = join(directory, 'keys');
  while (!existsSync(join(keys, 'identity.pem'))) await wait(500);
  const args = ['trust', 'add', '--from', keys, '--deployment', deployment, '--file', trust];
  const { status } = spawnSync(process.execPath, [main, ...args], { stdio: 'inherit', cwd: VERIFIER_DIR });
  if (status !== 0) process.exit(status ?? 1);
}

await trustKeysOf(BANK_RECORDS, bank);
const place = ['--elasticsearch', process.env.STEPSEAL_ELASTICSEARCH_URL, ...process.argv.slice(2)];
const watch = ['--watch', '--watch-dir', own, '--trust', trust, '--endpoint', COLLECTOR];
const verifier = spawn(process.execPath, [main, 'verify', ...place, ...watch], { stdio: 'inherit', cwd: VERIFIER_DIR });
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => verifier.kill(signal));
verifier.once('exit', (code) => process.exit(code ?? 1));
// Its key is made at its first start; the trust file is read again in each round.
await trustKeysOf(own, `${bank}/verifier`);
