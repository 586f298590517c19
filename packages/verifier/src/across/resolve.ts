// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { followPredecessors } from './adoption.ts';
import { authorise, reportUnauthorised } from './authority.ts';
import { compareKnownHeads } from './heads.ts';
import { Streams, type StreamsInput } from './streams.ts';
import { judgeTail } from './tails.ts';

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
  for (const id of streams.pruned)
    if (!outcomes.has(id))
      streams.add(id, {
        code: 'PRUNED',
        severity: 'info',
        evidence: `Stream ${id} was deleted by a declared retention.`,
      });
  return streams;
}

function findSuccessors(streams: Streams): void {
  const { outcomes, check } = streams.input;
  if (!check('successor')) return;
  for (const id of streams.trusted) {
    const next = outcomes.get(id)?.state.close?.next;
    if (next === undefined || outcomes.has(next.streamId) || streams.pruned.has(next.streamId)) continue;
    streams.add(id, {
      code: 'SUCCESSOR_MISSING',
      severity: 'incomplete',
      evidence: `Its close record names ${next.streamId} as the next stream, and that is not here.`,
    });
  }
}
