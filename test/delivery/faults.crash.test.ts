// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The long form of faults.test.ts: more records, many streams, and every fault with a sender that is killed.

import { afterAll, test } from 'vitest';
import { checkFault, FAULTS, FaultTable } from './fault-run.ts';

const ROUNDS = Math.max(1, Math.floor(Number(process.env['STEPSEAL_CRASH_ROUNDS'] ?? 20) / 20));

const table = new FaultTable();
afterAll(() => table.print());

const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const cases = rounds.flatMap((round) =>
  FAULTS.flatMap((fault) => [false, true].map((killed) => ({ round, fault, killed, name: fault.name }))),
);

test.concurrent.each(cases)(
  'round $round: $name, sender killed: $killed: nothing is lost, and only the unwanted record is set aside',
  ({ fault, killed }) => checkFault(fault, killed, { records: 5_000, rollBytes: 400_000, table }),
);
