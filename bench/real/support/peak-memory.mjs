// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { server } from './server.mjs';

const MAIN = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const PRINT = new URL('./print-peak.mjs', import.meta.url).href;

/** The highest resident memory of `stepseal verify` of all that the server holds, in MB; throws unless all is proved. */
export function peakMemory(trustFile) {
  const args = ['--import', PRINT, MAIN, 'verify', '--elasticsearch', server.url, '--trust', trustFile, '--json'];
  const { PATH } = process.env;
  const printed = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH, STEPSEAL_ELASTICSEARCH_USER: server.user, STEPSEAL_ELASTICSEARCH_PASSWORD: server.password },
  });
  return Number(printed.trimEnd().split('\n').at(-1));
}
