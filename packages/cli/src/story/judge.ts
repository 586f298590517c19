// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Report, readRecords, type Source, type TrustPolicy, verify } from '@stepseal/verifier';
import { type Standing, standingOf } from './standing.ts';
import { hashesUnderNotes } from './under-notes.ts';

export interface Judgement {
  readonly report: Report;
  readonly standing: Standing;
}

/** Hashes of the payloads of those records that are shown; asked for only where something is wrong. */
export type Hashes = () => Promise<ReadonlySet<string>>;

/** Verifies what was read, and says how these records stand, given by the hashes of their payloads. */
export async function judge(
  sources: readonly Source[],
  trust: TrustPolicy | undefined,
  hashes: Hashes,
): Promise<Judgement> {
  const report = await verify({ sources, trust });
  // Where all is well, every record is what it claims to be, and need not be looked up.
  const doubtful = report.grade === 'TAMPERED' || report.grade === 'CANNOT_VERIFY';
  const underNotes = doubtful ? await hashesUnderNotes(allRecords(sources), report, await hashes()) : undefined;
  return { report, standing: standingOf(report, underNotes) };
}

export async function* allRecords(sources: readonly Source[]): ReturnType<typeof readRecords> {
  for (const source of sources) yield* readRecords(source);
}
