// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { afterAll, describe, expect, test } from 'vitest';
import { differences } from './compare.ts';
import { EXPECTATIONS } from './expectations.ts';
import { expectedOn } from './expected-on.ts';
import { ROWS } from './rows.ts';
import { runVerifier } from './run.ts';

/** Passed and total by row, for the table at the end. */
const tally = new Map<number, { passed: number; total: number }>();

for (const [row, variants] of ROWS) {
  describe(`attack ${row}`, () => {
    const count = { passed: 0, total: 0 };
    tally.set(row, count);

    test('every variant has an expectation, and every expectation a variant', () => {
      expect(Object.keys(EXPECTATIONS[row] ?? {}).sort()).toEqual(Object.keys(variants).sort());
    });

    for (const [name, variant] of Object.entries(variants)) {
      for (const on of variant.on) {
        count.total += 1;
        test(`${name} (${on}): exact verdict, and the untouched control verifies`, async () => {
          const scenario = variant.scenario(on);
          const control = await runVerifier(scenario.control);
          expect(differences(control, scenario.controlExpected, scenario.streams), 'control').toEqual([]);
          const report = await runVerifier(scenario.attacked);
          const expected = expectedOn(row, name, on);
          expect(differences(report, expected, scenario.streams)).toEqual([]);
          count.passed += 1;
        });
      }
    }
  });
}

afterAll(() => {
  const lines = [...tally].map(([row, { passed, total }]) => `  row ${String(row).padStart(2)}  ${passed}/${total}`);
  const sum = (pick: 'passed' | 'total'): number => [...tally.values()].reduce((all, row) => all + row[pick], 0);
  process.stdout.write(
    `\nAttack suite, exact verdicts by row:\n${lines.join('\n')}\n  all rows ${sum('passed')}/${sum('total')}\n`,
  );
});
