// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** One input of the verifier: files by path below a data directory. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Everything one verification is given. */
export interface Verifiable {
  /** One map a source. */
  readonly sources: readonly Files[];
  /** Whether each source claims to hold everything there is; true unless said otherwise. */
  readonly complete?: boolean;
  /** Trust policy file as text; left out, the verifier has none. */
  readonly trust?: string | undefined;
  readonly knownHeads?: string;
  readonly now: number;
  readonly strict?: boolean;
}

/** An attack made ready: what it was made from, and what the verifier is shown. */
export interface Scenario {
  readonly control: Verifiable;
  readonly controlExpected: Expected;
  readonly attacked: Verifiable;
  /** Stream ids by the names that expectations use. */
  readonly streams: Readonly<Record<string, string>>;
}

export type Grade = 'SEALED' | 'INCOMPLETE' | 'CANNOT_VERIFY' | 'TAMPERED';

/** A finding that has to be there. Only what is given is compared. */
export interface ExpectedFinding {
  readonly code: string;
  /** Name in {@link Scenario.streams}. */
  readonly stream?: string;
  readonly from?: number;
  readonly to?: number;
  /** Path in a document of a store, or part of a record. */
  readonly field?: string;
}

export interface Expected {
  readonly grade: Grade;
  readonly exitCode: 0 | 1 | 2 | 3;
  /** The finding that is told first. */
  readonly primary?: ExpectedFinding;
  /** Findings that must be among the others. */
  readonly also?: readonly ExpectedFinding[];
  /** The code of every finding, where nothing else may be said (verified rows). */
  readonly exactly?: readonly string[];
  readonly uncoveredMs?: number;
}
