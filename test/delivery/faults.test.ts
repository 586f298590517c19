// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { afterAll, test } from 'vitest';
import { checkFault, FAULTS, FaultTable } from './fault-run.ts';

const table = new FaultTable();
afterAll(() => table.print());

const cases = [
  ...FAULTS.map((fault) => ({ fault, killed: false, name: fault.name })),
  ...FAULTS.slice(0, 8).map((fault) => ({ fault, killed: true, name: fault.name })),
];

test.concurrent.each(cases)(
  '$name, sender killed: $killed: every record arrives unchanged, and only the unwanted one is set aside',
  ({ fault, killed }) => checkFault(fault, killed, { records: 200, table }),
);
