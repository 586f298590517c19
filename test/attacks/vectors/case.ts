// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A finding as a vector states it; members that are absent must be absent. */
export interface VectorFinding {
  readonly code: string;
  readonly severity: 'tampered' | 'incomplete' | 'cannot_verify' | 'info';
  readonly stream?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface KnownHeadsVector {
  readonly version: 1;
  readonly streams: Readonly<Record<string, object>>;
  readonly writers: Readonly<Record<string, object>>;
}

/** One whole verification: what is given, and the verdict with every finding. */
export interface VectorCase {
  readonly name: string;
  readonly what: string;
  /** Segments by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly complete?: boolean;
  /** A trust policy, or `null` where none is given. */
  readonly trust: object | null;
  readonly knownHeads?: KnownHeadsVector;
  readonly now: number;
  readonly strict?: boolean;
  readonly verdict: {
    readonly grade: 'SEALED' | 'INCOMPLETE' | 'CANNOT_VERIFY' | 'TAMPERED';
    readonly exitCode: 0 | 1 | 2 | 3;
    readonly findings: readonly VectorFinding[];
  };
}

const EXIT_CODES = { SEALED: 0, TAMPERED: 1, INCOMPLETE: 2, CANNOT_VERIFY: 3 } as const;

/** The verdict that follows from these findings (docs/spec/verification.md, "Verdict"). */
export function verdict(findings: readonly VectorFinding[]): VectorCase['verdict'] {
  const has = (severity: VectorFinding['severity']): boolean => findings.some((one) => one.severity === severity);
  let grade: keyof typeof EXIT_CODES = 'SEALED';
  if (has('tampered')) {
    grade = 'TAMPERED';
  } else if (has('cannot_verify')) {
    grade = 'CANNOT_VERIFY';
  } else if (has('incomplete')) {
    grade = 'INCOMPLETE';
  }
  return { grade, exitCode: EXIT_CODES[grade], findings };
}
