// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const row = fileURLToPath(new URL('fixtures/bench-report/one-figure.mjs', import.meta.url));

test('a row of the benchmark that has measured everything ends by itself, or the run would wait for it in vain', async () => {
  const child = fork(row, [], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const [figure] = (await once(child, 'message')) as [object];
  expect(figure).toMatchObject({ id: 'fixture', median: 2, min: 1, max: 3, rounds: 3 });
  expect(await exit).toEqual([0, null]);
});

test('a row of the benchmark ends with whoever prints the table, or it would go on measuring for nobody', async () => {
  const child = fork(row, ['busy'], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  const exit = once(child, 'exit');
  child.disconnect();
  expect(await exit).toEqual([1, null]);
});
