// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensurePackageValidator } from '../../../scripts/real/package-validator.mjs';
import { findTools } from '../../../scripts/real/tools.mjs';

const PACKAGE = fileURLToPath(new URL('../../../packages/elastic/kibana/content-package', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'stepseal-package-'));
const copy = join(directory, 'stepseal');

let validator: string;

beforeAll(async () => {
  validator = await ensurePackageValidator({ go: findTools().go });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function validate(place: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(validator, [place], { encoding: 'utf8', timeout: 300_000 });
  return { status, said: stdout + stderr };
}

test("Elastic's validator of packages accepts the content package as it stands", () => {
  expect(validate(PACKAGE)).toEqual({ status: 0, said: '' });
});

test('it does not accept one whose dashboard bears another name than its file', () => {
  cpSync(PACKAGE, copy, { recursive: true });
  const file = join(copy, 'kibana/dashboard/stepseal-integrity.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"id": "stepseal-integrity"', '"id": "other"'));
  const { status, said } = validate(copy);
  expect([status, said]).toEqual([1, expect.stringContaining('stepseal-integrity.json')]);
});
