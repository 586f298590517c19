// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Elasticsearch } from '../../support/parts.ts';

const MAIN = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url));

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `stepseal elastic …` on a server as its user says it, with the credentials in the environment. */
export function stepsealElastic({ url, password }: Elasticsearch, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'elastic', ...args], {
    encoding: 'utf8',
    timeout: 300_000,
    env: {
      PATH: process.env['PATH'],
      STEPSEAL_ELASTICSEARCH_URL: url,
      STEPSEAL_ELASTICSEARCH_USER: 'elastic',
      STEPSEAL_ELASTICSEARCH_PASSWORD: password,
    },
  });
  return { exitCode: status, stdout, stderr };
}
