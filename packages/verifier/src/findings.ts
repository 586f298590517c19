// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What a finding does to the verdict. */
export type Severity = 'tampered' | 'incomplete' | 'cannot_verify' | 'info';

/** The closed list of finding codes. Each names one thing that an auditor has to be told; see docs/spec/verification.md. */
export type FindingCode =
  | 'MALFORMED'
  | 'FOREIGN_STREAM'
  | 'GENESIS_MISSING'
  | 'REORDERED'
  | 'RECORD_MISSING'
  | 'MODIFIED'
  | 'CHAIN_BROKEN'
  | 'SEAL_MISMATCH'
  | 'INSERTED'
  | 'NOTE_INVALID'
  | 'NOTE_MISSING'
  | 'AFTER_END'
  | 'TRAILING_DATA'
  | 'TRUNCATED'
  | 'STREAM_MISSING'
  | 'SUCCESSOR_MISSING'
  | 'ROLLBACK'
  | 'EQUIVOCATION'
  | 'KEY_NOT_AUTHORISED'
  | 'COUNT_MISMATCH'
  | 'HEARTBEAT_GAP'
  | 'CLOCK_ROLLBACK'
  | 'TAIL_UNSEALED'
  | 'TAIL_OPEN'
  | 'ADOPTED'
  | 'ABANDONED'
  | 'PRUNED'
  | 'OUT_OF_RANGE'
  | 'DECLARED_LOSS'
  | 'DUPLICATE_IDENTICAL'
  | 'PROJECTION_MISMATCH'
  | 'RESOURCE_ALTERED'
  | 'UNSEALED_DOCUMENT'
  | 'REPLAY'
  | 'HIDDEN_DOCUMENTS'
  | 'NOT_YET_DELIVERED'
  | 'NOT_DELIVERED'
  | 'ADDED'
  | 'RESIGNED'
  | 'ALG_MISMATCH'
  | 'UNREADABLE'
  | 'FORMAT_NEWER'
  | 'NO_TRUST_POLICY'
  | 'ZERO_RECORDS';

/** One thing the verifier has to say. Data, never an exception. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Stream id, where the finding concerns one stream. */
  readonly stream?: string;
  /** First and last record number concerned, both included. */
  readonly from?: number;
  readonly to?: number;
  /** Attribute or part concerned. */
  readonly field?: string;
  /** What was seen, in one sentence; never a value of an application's own attribute. */
  readonly evidence: string;
  /** Name of the file or input. */
  readonly source?: string;
  /** Byte offset in that input where the evidence begins. */
  readonly offset?: number;
  /** A command or step with which anybody can see the same. */
  readonly reproduce: string;
}

/** Order in which findings are told: what decides the verdict first, then by stream and record. */
export function compareFindings(a: Finding, b: Finding): number {
  const rank: Record<Severity, number> = { tampered: 0, cannot_verify: 1, incomplete: 2, info: 3 };
  return rank[a.severity] - rank[b.severity];
}
