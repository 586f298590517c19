// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding } from './findings.ts';

/**
 * Grade of a verification. `WITNESSED` and `ANCHORED` stand above `SEALED` and need a ledger; no source of this
 * version can reach them.
 */
export type Grade = 'SEALED' | 'INCOMPLETE' | 'CANNOT_VERIFY' | 'TAMPERED';

/** 0 verified, 1 tampered, 2 incomplete, 3 cannot verify. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The verdict over all findings: tampering outweighs a missing proof, which outweighs a missing part. */
export function verdictOf(findings: readonly Finding[]): { grade: Grade; exitCode: ExitCode } {
  const has = (severity: Finding['severity']): boolean => findings.some((finding) => finding.severity === severity);
  if (has('tampered')) return { grade: 'TAMPERED', exitCode: 1 };
  if (has('cannot_verify')) return { grade: 'CANNOT_VERIFY', exitCode: 3 };
  if (has('incomplete')) return { grade: 'INCOMPLETE', exitCode: 2 };
  return { grade: 'SEALED', exitCode: 0 };
}
