// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { CHECKS, type CheckName, STORE_CHECKS } from './checks.ts';
export { VerifierError, type VerifierErrorCode } from './errors.ts';
export type { Finding, FindingCode, Severity } from './findings.ts';
export { formatKnownHeads, type KnownHead, type KnownHeads, parseKnownHeads } from './known-heads.ts';
export type { RecordSignatureCounts } from './record-signatures.ts';
export { readRecords, type SealedRecord } from './records.ts';
export type { Report, StreamReport } from './report.ts';
export { directorySource, segmentSource } from './sources/file-source.ts';
export { memorySource } from './sources/memory-source.ts';
export { ndjsonSource } from './sources/ndjson-source.ts';
export type { Segment, SegmentReader, Source } from './sources/source.ts';
export { type DeploymentTrust, parseTrustPolicy, type TrustPolicy } from './trust.ts';
export type { ExitCode, Grade } from './verdict.ts';
export { type VerifyOptions, verify } from './verify.ts';
