// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installed } from '../support/installed.ts';
import { documents } from './support/documents.ts';
import { Line } from './support/line.ts';
import { Store } from './support/store.ts';
import { standing } from './support/tally.ts';

const directory = mkdtempSync(join(tmpdir(), 'stepseal-chaos-'));
const store = new Store();

beforeAll(async () => {
  await store.start();
  await installed(store);
});

afterAll(async () => {
  await store.remove();
  rmSync(directory, { recursive: true, force: true });
});

test('without a fault everything emitted is there once', async () => {
  const line = await Line.start({ name: 'none', directory: join(directory, 'none'), store });
  try {
    await line.load(1_000);
    await line.collector.end('SIGKILL');
    await line.load(500);
    await line.collector.start();
    await line.load(500);
    await line.settle(35_000);
    const result = standing(
      line.application.emitted(),
      line.application.sealed(),
      await documents(store.call, line.dataStream),
    );
    console.log(line.application.emitted().length, result.there.size, result.missing.length, line.application.rate());
    expect(result).toMatchObject({ twice: [], missing: [], strange: [] });
  } finally {
    await line.end();
  }
});
