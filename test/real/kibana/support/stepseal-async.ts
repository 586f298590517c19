// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Elasticsearch } from '../../support/parts.ts';

const MAIN = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url));

/** Runs `stepseal elastic …` on a server and a Kibana, while this process goes on: that Kibana may be in it. */
export function stepsealElasticAndKibana(
  { url, password }: Elasticsearch,
  kibana: string,
  ...args: readonly string[]
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const env = {
    PATH: process.env['PATH'],
    STEPSEAL_ELASTICSEARCH_URL: url,
    STEPSEAL_ELASTICSEARCH_USER: 'elastic',
    STEPSEAL_ELASTICSEARCH_PASSWORD: password,
    STEPSEAL_KIBANA_URL: kibana,
  };
  return new Promise((resolve) => {
    const call = [MAIN, 'elastic', ...args];
    execFile(process.execPath, call, { encoding: 'utf8', timeout: 300_000, env }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
