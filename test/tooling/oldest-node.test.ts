// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const node = join(here, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stepseal = join(here, '..', '..', 'packages', 'cli', 'dist', 'main.js');

const installed = existsSync(node);
if (!installed) console.warn('Skipped on Node 20.19: its binary is not installed (npm install scripts are off).');

describe.skipIf(!installed)('on Node 20.19', () => {
  test('runs the version it says', async () => {
    const { stdout } = await run(node, ['--version']);
    expect(stdout).toMatch(/^v20\.19\./);
  });

  test.each([
    '@stepseal/core/format',
    '@stepseal/core/semconv',
    '@stepseal/elastic',
    '@stepseal/processor/config',
    '@stepseal/processor/data',
    '@stepseal/processor/keys',
    '@stepseal/verifier',
  ])('%s loads', async (entry) => {
    const program = `console.log(Object.keys(await import('${entry}')).length)`;
    const { stdout } = await run(node, ['--input-type=module', '--eval', program], { cwd: here });
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  test('CommonJS code requires what is published as ES modules', async () => {
    const program = `console.log(typeof require('@stepseal/verifier').verify, typeof require('@stepseal/core/format').recordHash)`;
    const { stdout } = await run(node, ['--input-type=commonjs', '--eval', program], { cwd: here });
    expect(stdout).toBe('function function\n');
  });

  test('what needs a newer Node says so in one line', async () => {
    const env = { ...process.env, STEPSEAL_ELASTICSEARCH_URL: 'http://127.0.0.1:1' };
    const failed = run(node, [stepseal, 'elastic', 'status'], { env });
    await expect(failed).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^stepseal: ELASTIC_NODE_TOO_OLD: .*\n$/),
    });
  });

  test('stepseal starts and lists its commands', async () => {
    const { stdout } = await run(node, [stepseal, '--help']);
    expect(stdout).toMatch(/verify/);
  });

  test('stepseal verify reaches a verdict', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'stepseal-oldest-node-'));
    try {
      // Nothing to verify is "cannot verify": exit 3, never a success.
      await expect(run(node, [stepseal, 'verify', empty])).rejects.toMatchObject({ code: 3 });
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});
