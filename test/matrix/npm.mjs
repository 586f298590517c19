// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MINUTES = 5;

/**
 * Runs npm in `cwd`, with the Node that npm itself runs on, which knows the machine's certificates; the project's own
 * Node, which `npm run` puts first on the path, may not.
 *
 * @returns what npm printed
 */
export async function npm(args, cwd) {
  const { npm_execpath: path, npm_node_execpath: node = process.execPath, PATH = '' } = process.env;
  const [program, first] = path === undefined ? ['npm', []] : [node, [path]];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  env.PATH = PATH.split(delimiter)
    .filter((folder) => !folder.includes('node_modules') && !folder.includes('node-gyp-bin'))
    .join(delimiter);
  const { stdout } = await run(program, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env,
    timeout: MINUTES * 60_000,
    maxBuffer: 16 << 20,
  });
  return stdout;
}
