// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Line } from './line.ts';
import type { Store } from './store.ts';

const MAIN = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url));
const LIMIT_MS = 600_000;

export interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

/** `stepseal reconcile`: through the Collector of the line, whatever is missing now. */
export function reconcile(line: Line, store: Store): Promise<Ran> {
  return stepseal(line, store, 'reconcile', {
    segments: line.application.dataDir,
    endpoint: line.endpoint,
    // All that may still have come has been waited for.
    'delivery-grace': '0s',
    wait: '5min',
  });
}

/** `stepseal verify --elasticsearch` of the line's data stream. */
export function verifyIndex(line: Line, store: Store): Promise<Ran> {
  return stepseal(line, store, 'verify', { 'delivery-grace': '1s' });
}

/** Runs the command as its user does, with the service's key in the trust file and the credentials in the environment. */
function stepseal(line: Line, store: Store, command: string, options: Readonly<Record<string, string>>): Promise<Ran> {
  const { deployment, vkey } = line.application;
  const trust = join(line.directory, 'trust.json');
  const policy = { version: 1, deployments: { [deployment]: { identities: [vkey], collectors: [], overrides: [] } } };
  writeFileSync(trust, JSON.stringify(policy));
  const all = { ...options, elasticsearch: store.url, 'data-stream': line.dataStream, trust };
  const flags = Object.entries(all).flatMap(([flag, value]) => [`--${flag}`, value]);
  const child = spawn(process.execPath, [MAIN, command, ...flags], {
    cwd: line.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    env: {
      PATH: process.env['PATH'],
      STEPSEAL_ELASTICSEARCH_USER: 'elastic',
      STEPSEAL_ELASTICSEARCH_PASSWORD: store.password,
    },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
