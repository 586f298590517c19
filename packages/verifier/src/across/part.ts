// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Outcome } from '../outcome.ts';
import type { Streams } from './streams.ts';

/** Whether an absent stream ended before the part that is verified begins; says so. */
export function liesBefore(streams: Streams, absent: string, follower: string, openedMs: number | undefined): boolean {
  const { since = Number.NEGATIVE_INFINITY } = streams.input.part;
  const claimedSince = credibleClaim(streams);
  if (openedMs === undefined || openedMs > Math.max(since, claimedSince)) return false;
  // The time stands in a trusted open record, and the predecessor ended before that record was written.
  const evidence = `It ended before ${new Date(openedMs).toISOString()}, when stream ${follower} followed it`;
  if (openedMs <= since)
    streams.add(absent, {
      code: 'OUT_OF_RANGE',
      severity: 'info',
      evidence: `${evidence}: outside of the part that is verified, and nothing is said of it.`,
    });
  else
    streams.add(absent, {
      code: 'OUT_OF_RANGE',
      severity: 'incomplete',
      evidence: `${evidence}. The data says that it is a part which begins at ${new Date(claimedSince).toISOString()}; whether that part was asked for, only whoever verifies can say.`,
    });
  return true;
}

/**
 * When the data says that it begins, ms, unless it refutes itself: an export holds no stream that ended before its part.
 * Whoever takes a stream out of the middle and plants a claim beside the rest would have to take all that came before too.
 */
function credibleClaim(streams: Streams): number {
  const { claimedSince } = streams.input.part;
  if (claimedSince === undefined) return Number.NEGATIVE_INFINITY;
  const { outcomes } = streams.input;
  const opened = new Map<string, number>();
  for (const id of streams.trusted) {
    const { open, firstTimeMs } = (outcomes.get(id) as Outcome).state;
    if (open?.predecessor !== undefined && firstTimeMs !== undefined)
      opened.set(open.predecessor.streamId, firstTimeMs);
  }
  for (const id of streams.trusted) {
    const { closed, state } = outcomes.get(id) as Outcome;
    // Up to its follower a stream answers for the time; without one here, to its close, or without end.
    const endMs = opened.get(id) ?? (closed ? state.lastTimeMs : undefined);
    if (endMs !== undefined && endMs < claimedSince) return Number.NEGATIVE_INFINITY;
  }
  return claimedSince;
}
