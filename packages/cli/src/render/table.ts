// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Line } from './line.ts';

/** Rows with their columns aligned, two spaces between. */
export function columns(rows: readonly (readonly string[])[]): Line[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
