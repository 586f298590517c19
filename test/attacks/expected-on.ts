// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EXPECTATIONS, type Expectation } from './expectations.ts';
import type { Expected } from './scenario.ts';

/** The expectation written down for a variant of a row on one of its bases. */
export function expectedOn(row: number, variant: string, base: string): Expected {
  const expectation: Expectation | undefined = EXPECTATIONS[row]?.[variant];
  const expected = isExpected(expectation) ? expectation : expectation?.[base];
  if (expected === undefined) {
    throw new Error(`no expectation is written down for row ${row}, ${variant}, ${base}`);
  }
  return expected;
}

function isExpected(expectation: Expectation | undefined): expectation is Expected {
  return expectation !== undefined && 'grade' in expectation;
}
