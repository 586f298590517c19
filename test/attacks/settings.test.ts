// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SeededRandom, splitSegment, TestWriter, writeStepUp } from '@stepseal/testkit';
import { describe, expect, test } from 'vitest';
import { ALL, makeBase } from './bases.ts';
import { differences } from './compare.ts';
import { expectedOn } from './expected-on.ts';
import { ROWS } from './rows.ts';
import { runOnDirectory, runOnExport, runVerifier } from './run.ts';
import type { Expected, Verifiable } from './scenario.ts';

/** Rows whose verdict does not hang on the place of a line in a file: an export must lead to the same. */
const EXPORTED: readonly number[] = [5, 6, 9, 10, 11, 20, 31, 32, 33, 43, 44, 47, 48, 61, 62, 67, 68, 74];
/** Of these, variants that are about a file of its own, or lines that only their place gives away. */
const NOT_EXPORTED: ReadonlySet<string> = new Set(['in a file of its own']);

/** Another writer of the same deployment, whole and closed: the verdict must neither hide behind it nor spread to it. */
function neighbours(): Map<string, Uint8Array> {
  const writer = new TestWriter({ label: 'attack/settings neighbour' });
  writeStepUp(writer.start(), '9001').seal();
  writeStepUp(writer.roll(), '9002');
  return writer.close().files();
}

/** The line feed that a torn file lacks is added, as any tool that joins files line by line does. */
function joined(input: Verifiable): Buffer {
  return Buffer.concat(
    input.sources.flatMap((files) =>
      [...files.values()].map((bytes) => Buffer.concat([bytes, Buffer.from(bytes.at(-1) === 0x0a ? '' : '\n')])),
    ),
  );
}

describe('attacks beside genuine streams of another writer', () => {
  const others = neighbours();
  for (const [row, variants] of ROWS) {
    for (const [name, variant] of Object.entries(variants)) {
      const [base = ''] = variant.on;
      // Under another's policy the neighbours are strangers too, and are told first (row 57).
      if (base === 'own streams' || row === 57) {
        continue;
      }
      test(`attack ${row}, ${name} (${base}): the same verdict`, async () => {
        const { attacked, streams } = variant.scenario(base);
        const sources = attacked.sources.map((files) => new Map([...others, ...files]));
        const expected = expectedOn(row, name, base);
        const withNeighbours: Expected = row === 22 || attacked.sources.length > 1 ? unlisted(expected) : expected;
        const report = await runVerifier({ ...attacked, sources });
        expect(differences(report, withNeighbours, streams)).toEqual([]);
      });
    }
  }
});

/** Two sources with the same neighbours in them say so: the list of findings is then longer. */
function unlisted({ exactly: _, ...rest }: Expected): Expected {
  return rest;
}

describe('attacks seen in an export', () => {
  for (const row of EXPORTED) {
    for (const [name, variant] of Object.entries(ROWS.get(row) ?? {})) {
      const [base = ''] = variant.on;
      if (NOT_EXPORTED.has(name)) {
        continue;
      }
      test(`attack ${row}, ${name} (${base}): the same verdict`, async () => {
        const { attacked, streams } = variant.scenario(base);
        const report = await runOnExport(attacked, joined(attacked));
        expect(differences(report, expectedOn(row, name, base), streams)).toEqual([]);
      });
    }
  }
});

describe('an export in any order is no alarm', () => {
  for (const name of ALL) {
    test(`lines of all streams shuffled (${name})`, async () => {
      const { control, expected, streams } = makeBase(name);
      const lines = splitSegment(joined(control)).map((line) => ('text' in line ? `${line.text}\n` : ''));
      const random = new SeededRandom(`shuffle ${name}`);
      for (let index = lines.length - 1; index > 0; index--) {
        const other = random.below(index + 1);
        [lines[index], lines[other]] = [lines[other] ?? '', lines[index] ?? ''];
      }
      const report = await runOnExport(control, Buffer.from(lines.join('')));
      expect(differences(report, expected, streams)).toEqual([]);
    });

    test(`every line twice (${name})`, async () => {
      const { control, expected, streams } = makeBase(name);
      const bytes = joined(control);
      const report = await runOnExport(control, Buffer.concat([bytes, bytes]));
      expect(differences(report, expected, streams)).toEqual([]);
    });
  }
});

describe('attacks when every payload is parsed', () => {
  for (const [row, variants] of ROWS) {
    for (const [name, variant] of Object.entries(variants)) {
      // Row 58 is about size, which strictness does not change.
      if (row === 58) {
        continue;
      }
      const [base = ''] = variant.on;
      test(`attack ${row}, ${name} (${base}): the same verdict`, async () => {
        const { attacked, streams } = variant.scenario(base);
        const report = await runVerifier({ ...attacked, strict: true });
        expect(differences(report, expectedOn(row, name, base), streams)).toEqual([]);
      });
    }
  }
});

describe('attacks on files', () => {
  for (const [row, name, base] of [
    [9, 'one in the middle', 'rolled'],
    [15, 'the one a successor names', 'adopted'],
    [42, 'a line feed', 'closed'],
    [49, 'hole of zeros and a whole record behind it, adopted', 'own streams'],
    [57, 'empty directory', 'own streams'],
    [64, 'without the newest stream', 'own streams'],
  ] as const) {
    test(`attack ${row}, ${name} (${base}): the same verdict from a directory`, async () => {
      const scenario = ROWS.get(row)?.[name]?.scenario(base);
      if (scenario === undefined) {
        throw new Error(`row ${row} has no such variant`);
      }
      const report = await runOnDirectory(scenario.attacked);
      expect(differences(report, expectedOn(row, name, base), scenario.streams)).toEqual([]);
    });
  }
});
