// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';

const child = fileURLToPath(new URL('./fixtures/load-keys.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'stepseal-key-race-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Loaded {
  readonly keys: string;
  readonly created: boolean;
}

function inProcess(cwd: string, startAt: number): Promise<Loaded> {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [child, cwd, String(startAt)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    started.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    started.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as Loaded);
      else reject(new Error(`a process that loads keys ended with ${code}`));
    });
  });
}

function inThread(cwd: string, startAt: number): Promise<Loaded> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(child, { argv: [cwd, String(startAt)], env: {} });
    worker.on('message', resolve).on('error', reject);
  });
}

it('processes and threads that start at once end with the same three keys, one says so, and nothing half-written stays', async () => {
  for (let round = 0; round < 5; round++) {
    const cwd = mkdtempSync(join(root, 'round-'));
    const startAt = Date.now() + 400;
    const starts = [inProcess(cwd, startAt), inProcess(cwd, startAt), inThread(cwd, startAt), inThread(cwd, startAt)];
    const loaded = await Promise.all(starts);
    expect(new Set(loaded.map(({ keys }) => keys)).size).toBe(1);
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    expect(readdirSync(join(cwd, '.stepseal', 'keys')).sort()).toEqual([
      '.gitignore',
      'correlation.key',
      'identity.pem',
      'pseudonym.key',
    ]);
  }
});
