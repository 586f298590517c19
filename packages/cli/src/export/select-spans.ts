// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StreamSpan } from './stream-span.ts';

/** The time that is asked for, ms; infinite where it has no bound. */
export interface Window {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * The streams that together hold all of a time and can be verified without the others. A stream answers for the time from
 * the end of the one before it to the opening of the one after it: so the first of each line was open by the beginning,
 * and what is absent before it can only have ended earlier (docs/design/verification.md). A stream that did not end in
 * order brings its successor, which alone says how it ended.
 */
export function selectSpans(spans: readonly StreamSpan[], { sinceMs, untilMs }: Window): StreamSpan[] {
  const byId = new Map(spans.map((span) => [span.streamId, span]));
  const followers = new Map(
    spans.flatMap((span) => (span.predecessor === undefined ? [] : [[span.predecessor, span]])),
  );
  const chosen = new Set(spans.filter((span) => overlaps(span)));
  for (const span of chosen) {
    const follower = followers.get(span.streamId);
    if (!span.end.closes && follower !== undefined) chosen.add(follower);
  }
  return spans.filter((span) => chosen.has(span));

  function overlaps({ streamId, predecessor, openedMs, end }: StreamSpan): boolean {
    const before = predecessor === undefined ? undefined : byId.get(predecessor);
    const from = Math.min(openedMs, before?.end.lastRecordMs ?? Number.POSITIVE_INFINITY);
    return from <= untilMs && untilOf(streamId, end) > sinceMs;
  }

  function untilOf(streamId: string, end: StreamSpan['end']): number {
    const follower = followers.get(streamId);
    if (follower !== undefined) return follower.openedMs;
    // The last of its line: closed, it answers to its end; open, for all that came since.
    return end.closes ? (end.lastRecordMs ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
  }
}

/** A stream whose last note is younger is being written; the same limit as the verifier's. */
const LIVE_MS = 90_000;

/** Whether a stream is being written: then it is copied up to its last note, and its part ends there. */
export function isLive({ end }: StreamSpan, nowMs: number): boolean {
  return !end.closes && end.noteEnd > 0 && nowMs - (end.noteMs ?? Number.NEGATIVE_INFINITY) <= LIVE_MS;
}
