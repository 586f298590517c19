// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SegmentLine } from '@stepseal/testkit';
import { type Base, type BaseName, makeBase, withLines } from './bases.ts';
import type { Expected, Files, Scenario, Verifiable } from './scenario.ts';

/** What an attack on a base leaves: other lines of the target, or other inputs altogether. */
export interface Attacked extends Partial<Omit<Verifiable, 'sources'>> {
  readonly lines?: readonly SegmentLine[];
  readonly files?: Files;
  readonly sources?: readonly Files[];
  readonly streams?: Readonly<Record<string, string>>;
}

export type Attack = (base: Base) => readonly SegmentLine[] | Attacked;

/** One way of carrying out the attack of a row, with everything needed to run it. */
export interface Variant {
  /** Names of the bases it is tried on; one name of its own where it builds its streams itself. */
  readonly on: readonly string[];
  readonly scenario: (on: string) => Scenario;
}

/** Variants by name; the names are those of the expectation file. */
export type Row = Readonly<Record<string, Variant>>;

/** An attack on each of the named bases. */
export function on(bases: readonly BaseName[], attack: Attack): Variant {
  return {
    on: bases,
    scenario: (name) => {
      const base = makeBase(name as BaseName);
      const made = attack(base);
      const attacked: Attacked = Array.isArray(made) ? { lines: made } : (made as Attacked);
      return {
        control: base.control,
        controlExpected: base.expected,
        attacked: inputs(base, attacked),
        streams: { ...base.streams, ...attacked.streams },
      };
    },
  };
}

function inputs(base: Base, attacked: Attacked): Verifiable {
  const { lines, files, sources, streams: _, ...rest } = attacked;
  const original = base.control.sources[0] ?? new Map<string, Uint8Array>();
  const changed = files ?? (lines === undefined ? original : withLines(original, base.path, lines));
  return { ...base.control, ...rest, sources: sources ?? [changed] };
}

/** A scenario that builds its own streams. */
export function own(build: () => Omit<Scenario, 'controlExpected'> & { readonly controlExpected?: Expected }): Variant {
  return {
    on: ['own streams'],
    scenario: () => {
      const made = build();
      return { controlExpected: { grade: 'SEALED', exitCode: 0 }, ...made };
    },
  };
}
