// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Entry } from './finding-log.ts';
import type { Finding, FindingCode } from './findings.ts';
import type { Outcome } from './outcome.ts';
import type { UndeliveredClaim } from './stream-state.ts';

/** No stream goes this long without a sealing record, ms: then it is seen to have a hole. */
const SEAL_DUE_MS = 90_000;
/** No stream lives longer, ms. */
const STREAM_MS = 86_400_000;

/** What says that something is not here. */
const ABSENCE: ReadonlySet<FindingCode> = new Set(['GENESIS_MISSING', 'RECORD_MISSING', 'STREAM_MISSING', 'TRUNCATED']);

/** Whether what was signed at a time may still be on its way to where it is missed. Where records are sealed nothing travels. */
export function mayStillCome({ segment, readAtMs }: Outcome, signedMs: number | undefined): boolean {
  const { deliveryGraceMs } = segment;
  return deliveryGraceMs !== undefined && isWithin(deliveryGraceMs, readAtMs - (signedMs ?? 0));
}

/**
 * Whether something of this age is within the grace. What is not older than the next seal may be stated up to that one's
 * time; what states a time further ahead tells of a clock that was set.
 */
export function isWithin(graceMs: number, ageMs: number): boolean {
  return ageMs <= graceMs && ageMs >= -graceMs - SEAL_DUE_MS;
}

/**
 * When the note over a record was made, at the latest, ms. Behind the last trusted note a sealing record may state what
 * somebody wrote into it; but one was due after the last that is proved, and before the stream could have ended.
 */
export function coveredAtMs(outcome: Outcome, number: number): number {
  const { state, sealings, streamId, tail, earliestMs } = outcome;
  const stated = sealings.find((sealing) => sealing.number >= number)?.timeMs ?? Number.POSITIVE_INFINITY;
  if (number <= state.number) return stated;
  if (state.sealedAtMs === undefined) return Math.min(stated, earliestMs, createdMs(streamId) + STREAM_MS);
  return Math.min(stated, tail?.earliestMs ?? Number.POSITIVE_INFINITY, state.sealedAtMs + SEAL_DUE_MS);
}

/** The time in a UUIDv7, ms. */
function createdMs(streamId: string | undefined): number {
  const time = Number.parseInt(streamId?.replaceAll('-', '').slice(0, 12) ?? '', 16);
  return Number.isNaN(time) ? 0 : time;
}

/**
 * An absence as it is to be told: incomplete while what was signed at a time may still come, and where a part of the
 * source could not be read.
 */
export function asAbsent(outcome: Outcome, entry: Entry, signedMs: number | undefined): Entry {
  if (!ABSENCE.has(entry.code)) return entry;
  if (mayStillCome(outcome, signedMs)) {
    const evidence = `${entry.evidence} It may still be on its way.`;
    return { ...entry, code: 'NOT_YET_DELIVERED', severity: 'incomplete', evidence };
  }
  if (outcome.segment.partial !== true) return entry;
  return { ...entry, severity: 'incomplete', evidence: `${entry.evidence} A part of the source could not be read.` };
}

/** What is told of a record that a trusted stream declares to have been refused. */
export function notDelivered(number: number): Entry & { readonly severity: 'incomplete' } {
  const evidence = 'A trusted stream declares that the receiver refused it for good.';
  return { code: 'NOT_DELIVERED', severity: 'incomplete', from: number, to: number, evidence };
}

/**
 * Parts a finding that says that records are missing: those that a trusted stream declares to have been refused, those
 * that may still come, and those that are missing.
 */
export function asDelivered(
  outcome: Outcome,
  finding: Finding,
  declared: ReadonlyMap<number, UndeliveredClaim>,
): readonly Finding[] {
  const { code, from, to } = finding;
  if (outcome.segment.deliveryGraceMs === undefined || from === undefined || to === undefined) return [finding];
  if (code !== 'RECORD_MISSING' && code !== 'GENESIS_MISSING') return [finding];
  const parts: Finding[] = [];
  let start = from;
  const rest = (end: number): void => {
    if (end < start) return;
    const part = { ...finding, from: start, to: end };
    parts.push({ ...part, ...asAbsent(outcome, part, coveredAtMs(outcome, start)) });
  };
  for (const [number, { hash }] of [...declared].sort(([a], [b]) => a - b)) {
    if (number < start || number > to) continue;
    // Another record was refused than the one that is missed.
    if ((outcome.passedOver.get(number) ?? hash) !== hash) continue;
    rest(number - 1);
    start = number + 1;
    parts.push({ ...finding, ...notDelivered(number) });
  }
  rest(to);
  return parts;
}
