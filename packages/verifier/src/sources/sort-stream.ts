// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { LIMITS } from '@stepseal/core/format';
import { rankOf } from './export-line.ts';

/** More of one stream is left in the order in which it came; a segment holds 64 MiB. */
const MAX_SORTED_BYTES = 4 * LIMITS.segmentBytes;

/** Puts the lines of one stream in order of number, each note behind the record that it covers last; each line once. */
export function sortStream(file: string): void {
  if (statSync(file).size > MAX_SORTED_BYTES) return;
  const lines = readFileSync(file, 'latin1').split('\n');
  lines.pop();
  const ranked = [...new Set(lines)].map((line) => ({ line, rank: rankOf(line) }));
  ranked.sort((a, b) => a.rank - b.rank);
  writeFileSync(file, ranked.map((entry) => `${entry.line}\n`).join(''), 'latin1');
}
