// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { followPredecessors } from './adoption.ts';
import { authorise, reportUnauthorised } from './authority.ts';
import { compareKnownHeads } from './heads.ts';
import { Streams, type StreamsInput } from './streams.ts';
import { judgeTail, SEAL_LIMIT_MS } from './tails.ts';

/** Decides what depends on more than one stream: authority, adoption, missing streams, known heads, open ends. */
export function resolve(input: StreamsInput): Streams {
  const streams = new Streams(input);
  const { outcomes } = input;
  authorise(streams);
  followPredecessors(streams);
  findSuccessors(streams);
  compareKnownHeads(streams);
  for (const [id, outcome] of outcomes) {
    if (streams.trusted.has(id)) judgeTail(streams, id, outcome);
    else if (!streams.vouched.has(id)) reportUnauthorised(streams, id, outcome);
  }
  const told = new Set(streams.findings.map((finding) => finding.stream));
  for (const [id, claims] of streams.pruned)
    if (streams.isAbsent(id) && !told.has(id) && !input.outlivesSegments) {
      const last = claims.at(-1);
      streams.add(id, {
        code: 'PRUNED',
        severity: 'info',
        evidence: `It was deleted by retention, as stream ${last?.by} declares: ${last?.size ?? 'unknown'} records.`,
      });
    }
  return streams;
}

function findSuccessors(streams: Streams): void {
  const { outcomes, check } = streams.input;
  if (!check('successor')) return;
  for (const id of streams.trusted) {
    const outcome = outcomes.get(id);
    const next = outcome?.state.close?.next;
    if (outcome === undefined || next === undefined) continue;
    const { deployment } = outcome.state.open ?? {};
    const there = outcomes.get(next.streamId);
    const begun = there === undefined ? !streams.isAbsent(next.streamId) : there.wellFormed > 0;
    if (begun || streams.tampered(next.streamId) || streams.isPruned(next.streamId, { deployment })) continue;
    if (there === undefined && streams.isUnasked(next.streamId)) continue;
    const follower = streams.followers.get(id);
    if (follower !== undefined) {
      // The process died before the next stream held a record: the one that came instead found this the newest.
      const openedMs = streams.successorTimeMs.get(id) ?? outcome.readAtMs;
      streams.uncoveredMs.set(id, Math.max(0, openedMs - (outcome.state.sealedAtMs ?? openedMs)));
      const evidence = `Its close record names ${next.streamId} as the next stream, which held no record when ${follower} followed instead.`;
      streams.add(id, { code: 'ADOPTED', severity: 'info', evidence });
      continue;
    }
    if ((outcome.state.sealedAtMs ?? 0) >= (streams.input.part.until ?? Number.POSITIVE_INFINITY)) {
      const evidence = `It was closed when the part that is verified was over; of ${next.streamId}, which follows, nothing is said.`;
      streams.add(id, { code: 'OUT_OF_RANGE', severity: 'info', evidence });
      continue;
    }
    // A writer that rolls has closed the one file before it makes the next.
    if (Math.abs(outcome.readAtMs - (outcome.state.sealedAtMs ?? 0)) <= SEAL_LIMIT_MS) {
      const evidence = `It has just been closed; the next stream, ${next.streamId}, does not yet hold a record.`;
      streams.add(id, { code: 'TAIL_OPEN', severity: 'info', evidence });
      continue;
    }
    streams.add(id, {
      code: 'SUCCESSOR_MISSING',
      severity: 'incomplete',
      evidence: `Its close record names ${next.streamId} as the next stream, and that is not here.`,
    });
  }
}
