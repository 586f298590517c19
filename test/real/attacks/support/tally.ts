// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Passed and total by row, for the table at the end. */
export class Tally {
  readonly #rows = new Map<number, { passed: number; total: number }>();

  announce(row: number): void {
    this.#of(row).total += 1;
  }

  passed(row: number): void {
    this.#of(row).passed += 1;
  }

  print(): void {
    const rows = [...this.#rows].sort(([a], [b]) => a - b);
    const lines = rows.map(([row, { passed, total }]) => `  row ${String(row).padStart(2)}  ${passed}/${total}`);
    const sum = (pick: 'passed' | 'total'): number => rows.reduce((all, [, counts]) => all + counts[pick], 0);
    process.stdout.write(
      `\nAttacks on the store, exact verdicts by row:\n${lines.join('\n')}\n  all rows ${sum('passed')}/${sum('total')}\n`,
    );
  }

  #of(row: number): { passed: number; total: number } {
    const counts = this.#rows.get(row) ?? { passed: 0, total: 0 };
    this.#rows.set(row, counts);
    return counts;
  }
}
