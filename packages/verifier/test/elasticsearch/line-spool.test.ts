// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LineSpool } from '../../src/elasticsearch/line-spool.ts';

/** Around what is held at once, in characters of one, two, three and four bytes. */
const LENGTHS = [0, 1, 1_000, 340_000, 349_525, 524_288, 1_048_574, 1_048_575, 1_048_576, 3_000_000];

test('lines of any length, as text or bytes, of files in any order, are in their files whole and in order', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const spool = new LineSpool();
  const lines: Record<string, string[]> = { a: [], b: [] };
  let at = 0;
  for (const letter of ['x', 'ß', '€', '😀']) {
    for (const length of LENGTHS) {
      const line = letter.repeat(length / letter.length);
      const file = at % 3 === 0 ? 'a' : 'b';
      spool.add(join(directory, file), at % 2 === 0 ? line : Buffer.from(line));
      lines[file]?.push(line);
      at++;
    }
  }
  spool.flush();
  for (const [file, written] of Object.entries(lines)) {
    expect(readFileSync(join(directory, file), 'utf8') === written.map((line) => `${line}\n`).join('')).toBe(true);
  }
});
