// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { UndeliveredClaim } from '../stream-state.ts';
import type { Streams } from './streams.ts';

/** What trusted streams declare refused by their receivers, of streams of their own deployment; by stream and number. */
export function declaredUndelivered(streams: Streams): ReadonlyMap<string, ReadonlyMap<number, UndeliveredClaim>> {
  const declared = new Map<string, Map<number, UndeliveredClaim>>();
  const { outcomes } = streams.input;
  for (const id of streams.trusted) {
    const state = outcomes.get(id)?.state;
    for (const claim of state?.undelivered ?? []) {
      const theirs = outcomes.get(claim.streamId)?.state.open?.deployment;
      if (theirs !== undefined && theirs !== state?.open?.deployment) continue;
      const numbers = declared.get(claim.streamId);
      if (numbers === undefined) declared.set(claim.streamId, new Map([[claim.number, claim]]));
      else numbers.set(claim.number, claim);
    }
  }
  return declared;
}
