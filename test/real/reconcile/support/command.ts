// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess } from '../../../../scripts/real/server-process.mjs';

const MAIN = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url));

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface As {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `stepseal` in a directory, with nothing in its environment but what is given. */
export function start(as: As, args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ran> } {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: as.cwd,
    env: { PATH: process.env['PATH'], ...as.env },
    timeout: 600_000,
  });
  endWithThisProcess(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs it to its end. */
export function stepseal(as: As, ...args: readonly string[]): Promise<Ran> {
  return start(as, args).ended;
}
