// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeys } from '../../src/keys/index.ts';
import { DEPLOYMENT, temporaryDirectory } from './test-pipeline.ts';

const PROGRAM = fileURLToPath(new URL('../fixtures/program.mjs', import.meta.url));

export interface ProgramRun {
  readonly dataDir: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the fixture program to its end. With `signal` it gets that one as soon as it says that it is ready. */
export async function runProgram(
  mode: string,
  options: {
    readonly root?: string;
    readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<ProgramRun> {
  const root = options.root ?? temporaryDirectory();
  const keys = join(root, 'keys');
  if (options.root === undefined) createKeys(keys);
  const dataDir = join(root, 'data');
  const job = { mode, dataDir, identityFile: join(keys, 'identity.pem'), deployment: DEPLOYMENT };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(job)], { env: { ...process.env, ...options.env } });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
    if (options.signal !== undefined && stdout === 'ready') child.kill(options.signal);
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ dataDir, code, signal, stdout, stderr }));
  });
}
