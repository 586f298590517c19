// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseNode, isInstalled } from '../../scripts/ready.mjs';

let clone: string;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'stepseal-ready-'));
});

afterEach(async () => {
  await rm(clone, { recursive: true });
});

async function put(file: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(clone, file)), { recursive: true });
  await writeFile(join(clone, file), JSON.stringify(content));
}

describe('a clone counts as installed', () => {
  const wanted = {
    '': { name: 'workspace' },
    'node_modules/needed': { version: '1.0.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  };

  test.each([
    ['when all that is needed is there', { 'node_modules/needed': { version: '1.0.0' } }, true],
    ['not when a package is missing', {}, false],
    ['not when a package has another version', { 'node_modules/needed': { version: '1.0.1' } }, false],
  ])('%s', async (_, installed, expected) => {
    await put('package-lock.json', { packages: wanted });
    await put('node_modules/.package-lock.json', { packages: installed });
    expect(isInstalled(clone)).toBe(expected);
  });

  test('not before the first installation', async () => {
    await put('package-lock.json', { packages: wanted });
    expect(isInstalled(clone)).toBe(false);
  });
});

describe('the Node to run with', () => {
  const machine = { platform: 'linux', execPath: '/usr/bin/node' };

  test("is the project's own, however new the machine's is", async () => {
    await put('node_modules/node/bin/node', '');
    expect(chooseNode(clone, { ...machine, version: 'v26.0.0' })).toEqual({
      node: join(clone, 'node_modules/node/bin/node'),
    });
  });

  test.each(['v22.15.0', 'v24.1.0'])("without it is the machine's %s, and says so", async (version) => {
    await put('node_modules/node/package.json', { version: '24.21.0' });
    const { node, remark } = chooseNode(clone, { ...machine, version });
    expect(node).toBe('/usr/bin/node');
    expect(remark).toContain(`using this machine's ${version}`);
  });

  test.each(['v20.20.2', 'v22.14.0'])('is none where there is only %s, with what to do about it', async (version) => {
    await put('node_modules/node/package.json', { version: '24.21.0' });
    const { node, problem } = chooseNode(clone, { ...machine, version });
    expect(node).toBeUndefined();
    expect(problem).toContain('npm rebuild node --ignore-scripts=false');
    expect(problem).toContain(version);
  });
});
