// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type CheckName, type Report, STORE_CHECKS } from '@stepseal/verifier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../attacks/compare.ts';
import { installed } from '../support/installed.ts';
import { type Elasticsearch, elasticsearch } from '../support/parts.ts';
import { STORE_NEEDED_BY } from './checks.ts';
import { CARRIED_EXPECTATIONS, EXPECTATIONS, expectedCarried } from './expectations.ts';
import { basesOf, CARRIED, carried } from './rows/carried.ts';
import { DENIED_USER } from './rows/visibility.ts';
import { STORE_ROWS } from './rows.ts';
import { type Base, baseOf } from './support/bases.ts';
import { RowStream } from './support/row-stream.ts';
import { PASSWORD, runOnStore, type Shown } from './support/run.ts';
import { Tally } from './support/tally.ts';
import { Target } from './support/target.ts';
import type { StoreVariant } from './support/variant.ts';

const HOUR_MS = 3_600_000;

let store: Elasticsearch;
const tally = new Tally();
let count = 0;
let shared: RowStream | undefined;

/** Data streams cannot be deleted here and take long to make: one serves all variants that change documents only. */
function rowStream(alone: boolean): RowStream {
  if (!alone && shared?.spent === false) return shared;
  count += 1;
  const stream = new RowStream(store, `row_${count}_${process.pid}`);
  if (!alone) shared = stream;
  return stream;
}

beforeAll(async () => {
  // By file, since this distribution stores none.
  const names = ['logs-stepseal.audit.otel-*_open'];
  store = await elasticsearch({ part: { indices: [{ names, privileges: ['read', 'view_index_metadata'] }] } });
  await store.addUser(DENIED_USER, PASSWORD, 'part');
  await installed(store);
});

afterAll(async () => {
  await store?.stop();
  tally.print();
});

/** Carries out an attack on documents of which the control verified. @param disable checks to switch off behind it */
async function attacked(
  variant: StoreVariant,
  ...disable: readonly CheckName[]
): Promise<{ base: Base; report: Report }> {
  const base = baseOf(variant.base);
  const target = new Target(base, rowStream(variant.fill !== undefined));
  await (variant.fill?.(target) ?? target.fill());
  const shown: Shown = { dataStream: target.stream.name, trust: base.trust, now: base.now };
  const control = await runOnStore(store, { ...shown, ...variant.control?.(target) });
  expect(differences(control, base.expected, base.streams), 'control').toEqual([]);
  const view = await variant.attack(target);
  return { base, report: await runOnStore(store, { ...shown, ...view }, new Set(disable)) };
}

for (const [row, variants] of STORE_ROWS) {
  describe(`attack ${row} on documents`, () => {
    test('every variant has an expectation, and every expectation a variant', () => {
      expect(Object.keys(EXPECTATIONS[row] ?? {}).sort()).toEqual(Object.keys(variants).sort());
    });

    for (const [name, variant] of Object.entries(variants)) {
      tally.announce(row);
      test(`${name}: exact verdict, and the untouched control verifies`, async () => {
        const { base, report } = await attacked(variant);
        const expected = EXPECTATIONS[row]?.[name];
        expect(expected === undefined ? ['no expectation'] : differences(report, expected, base.streams)).toEqual([]);
        tally.passed(row);
      });
    }
  });
}

for (const [row, names] of CARRIED) {
  describe(`attack ${row} as on segments`, () => {
    test('what is expected otherwise than of segments is carried', () => {
      expect(Object.keys(CARRIED_EXPECTATIONS[row] ?? {}).filter((name) => !names.includes(name))).toEqual([]);
    });

    for (const name of names) {
      for (const base of basesOf(row, name)) {
        tally.announce(row);
        test(`${name} (${base}): exact verdict, and the untouched control verifies`, async () => {
          const stream = rowStream(false);
          const { scenario, control, attacked } = carried(row, name, base, stream.namespace);
          await stream.hold(control);
          const { trust = '', knownHeads } = scenario.attacked;
          // Beyond the grace that delivery has; a live stream is looked at while it is written.
          const now = base === 'live' ? scenario.control.now : scenario.control.now + HOUR_MS;
          const shown: Shown = { dataStream: stream.name, trust, now };
          const before = await runOnStore(store, shown);
          expect(differences(before, scenario.controlExpected, scenario.streams), 'control').toEqual([]);
          await stream.hold(attacked);
          const report = await runOnStore(store, { ...shown, ...(knownHeads === undefined ? {} : { knownHeads }) });
          expect(differences(report, expectedCarried(row, name, base), scenario.streams)).toEqual([]);
          tally.passed(row);
        });
      }
    }
  });
}

for (const check of STORE_CHECKS) {
  const [row, name] = STORE_NEEDED_BY[check];
  test(`check ${check}: without it, attack ${row} (${name}) gets another verdict`, async () => {
    const variant = STORE_ROWS.get(row)?.[name];
    const expected = EXPECTATIONS[row]?.[name];
    if (variant === undefined || expected === undefined) throw new Error(`row ${row} has no such variant`);
    const { base, report } = await attacked(variant, check);
    expect(differences(report, expected, base.streams)).not.toEqual([]);
  });
}
