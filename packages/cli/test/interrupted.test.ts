// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'stepseal-interrupted-'));
afterAll(() => rmSync(directory, { recursive: true }));

test.runIf(process.platform !== 'win32')(
  'a verification that somebody ends leaves no copy of the records',
  async () => {
    const env = { ...process.env, TMPDIR: directory };
    const child = spawn(process.execPath, [MAIN, 'verify', '-'], {
      cwd: directory,
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
    child.stdin.write('a line\n');
    while (!readdirSync(directory).some((name) => name.startsWith('stepseal-'))) {
      expect(child.exitCode).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGINT');
    expect([(await ended)[0], readdirSync(directory)]).toEqual([130, []]);
  },
);
