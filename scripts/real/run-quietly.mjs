// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';

const KEPT = 4_000;

/** Runs a program to its end without showing what it prints; where it fails, the end of that is in the error. */
export function runQuietly(program, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        tail = (tail + text).slice(-KEPT);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args[0]} ended with ${code ?? signal}:\n${tail.trim()}`));
    });
  });
}
