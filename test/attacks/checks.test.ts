// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { CHECKS } from '@stepseal/verifier';
import { expect, test } from 'vitest';
import { differences } from './compare.ts';
import { expectedOn } from './expected-on.ts';
import { ROWS } from './rows.ts';
import { runVerifier } from './run.ts';

type Case = readonly [row: number, variant: string, base: string];
/** Those that only a store of documents needs have their attacks in test/real/attacks. */
type CheckName = (typeof CHECKS)[number];

/** For each check of the verifier, an attack or a false alarm that it alone decides. */
const NEEDED_BY: Readonly<Record<CheckName, Case>> = {
  syntax: [8, 'duplicate attribute', 'closed'],
  genesis: [11, 'the first three', 'closed'],
  links: [9, 'one in the middle', 'closed'],
  roots: [10, 'records 7 to 9', 'closed'],
  order: [18, 'neighbours in the middle', 'closed'],
  'off-branch': [20, 'in the place of record 9, before it', 'closed'],
  'foreign-stream': [21, 'inserted behind record 8', 'closed'],
  'note-signatures': [31, 'HMAC-SHA512 with the public key, note 11', 'closed'],
  'note-missing': [43, 'one note only', 'closed'],
  'after-end': [25, 'one old record', 'closed'],
  'trailing-data': [42, 'a line feed', 'closed'],
  tail: [12, 'at note 12', 'closed'],
  authorisation: [67, 'alone', 'own streams'],
  predecessor: [15, 'the one a successor names', 'adopted'],
  successor: [15, 'the last of three rolled, unknown before', 'rolled'],
  adoption: [49, 'killed with records under no note, adopted', 'own streams'],
  equivocation: [23, 'two writer directories, parted at record 9', 'own streams'],
  'known-heads': [13, 'to note 12, known heads', 'closed'],
  counts: [47, 'too high', 'own streams'],
  heartbeat: [48, 'one hour', 'own streams'],
  clock: [44, 'by an hour', 'own streams'],
  duplicates: [22, 'one file under two names', 'closed'],
  copies: [13, 'to note 12, another source whole', 'closed'],
  'zero-records': [57, 'empty directory', 'own streams'],
};

for (const check of CHECKS) {
  const [row, variant, base] = NEEDED_BY[check];
  test(`check ${check}: without it, attack ${row} (${variant}) gets another verdict`, async () => {
    const scenario = ROWS.get(row)?.[variant]?.scenario(base);
    if (scenario === undefined) {
      throw new Error(`row ${row} has no such variant`);
    }
    const expected = expectedOn(row, variant, base);
    const said = async (disabled: readonly CheckName[]): Promise<readonly string[]> =>
      differences(await runVerifier(scenario.attacked, new Set(disabled)), expected, scenario.streams);
    expect(await said([]), 'with every check').toEqual([]);
    expect(await said([check]), `without ${check}`).not.toEqual([]);
  });
}
