// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
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

test.runIf(process.platform !== 'win32' && Number(process.versions.node.split('.')[0]) >= 22)(
  'a watch that is ended twice does not wait for a round that hangs, and leaves no copy of the records',
  async () => {
    /** Says what has grown, and nothing else. */
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/_search') !== true) return;
      response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end('{"_shards":{"failed":0},"hits":{"hits":[]}}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const temporary = mkdtempSync(join(directory, 'watch-'));
    const line = `verify --watch --elasticsearch http://127.0.0.1:${port}`;
    const env = { ...process.env, TMPDIR: temporary };
    const child = spawn(process.execPath, [MAIN, ...line.split(' ')], { cwd: directory, env, stdio: 'ignore' });
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
    try {
      while (readdirSync(temporary).length === 0) {
        expect(child.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 200));
      child.kill('SIGTERM');
      expect([(await ended)[0], readdirSync(temporary)]).toEqual([143, []]);
    } finally {
      child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
    }
  },
);
