// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

function read(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

it.each([
  'packages/cli/src/errors.ts',
  'packages/elastic/src/errors.ts',
  'packages/processor/src/config/errors.ts',
  'packages/processor/src/errors.ts',
  'packages/processor/src/errors.ts',
  'packages/processor/src/keys/errors.ts',
  'packages/instrumentation/src/types.ts',
])('docs/errors.md explains every code of %s', (file) => {
  const page = read('docs/errors.md');
  const codes = [...read(file).matchAll(/^ {2}\| '([A-Z0-9_]+)'/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(3);
  expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
});
