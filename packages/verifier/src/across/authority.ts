// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseVkey } from '@stepseal/core/format';
import { coveredAtMs, mayStillCome } from '../delivery.ts';
import type { Outcome } from '../outcome.ts';
import { holdsKnown } from './heads.ts';
import type { Streams } from './streams.ts';
import { SEAL_LIMIT_MS } from './tails.ts';

/** Authority flows from identities of the policy to what they signed; in older streams also from a close record to the next. */
export function authorise(streams: Streams): void {
  const { outcomes, check } = streams.input;
  const proved = [...outcomes].filter(([, outcome]) => outcome.state.number > 0);
  const queue = proved
    .filter(([, outcome]) => outcome.identity !== undefined || !check('authorisation'))
    .map(([id]) => id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (streams.trusted.has(id)) continue;
    streams.trusted.add(id);
    const state = outcomes.get(id)?.state;
    for (const claim of state?.pruned ?? []) {
      const said = { ...claim, deployment: state?.open?.deployment, by: id };
      streams.pruned.set(claim.streamId, [...(streams.pruned.get(claim.streamId) ?? []), said]);
    }
    const next = state?.close?.next;
    if (next === undefined) continue;
    streams.namedBy.set(next.streamId, id);
    const rolled = outcomes.get(next.streamId);
    // A deployment vouches for its own streams only, or one key of the policy would reach all that it lists.
    const own = rolled?.state.open?.deployment === state?.open?.deployment;
    if (rolled === undefined || rolled.state.number === 0 || !own) continue;
    if (hasKey(rolled, next.vkey)) {
      if (state?.open?.identityAlways !== true) queue.push(next.streamId);
    } else if (rolled.identity !== undefined && check('authorisation')) {
      // Whoever has the identity's key can open any stream but one that was promised to another key before.
      streams.add(next.streamId, {
        code: 'KEY_NOT_AUTHORISED',
        evidence: `Stream ${id} names this stream with another key than the one that it has.`,
      });
    }
  }
}

/**
 * A rolled stream whose process died before its open note: the key that its open record states is the one promised, and
 * no note says otherwise. That is a tail without proof, not a forgery.
 */
function diedOpening(outcome: Outcome, streams: Streams, namer: string | undefined): boolean {
  if (namer === undefined || outcome.state.number > 0) return false;
  const next = streams.input.outcomes.get(namer)?.state.close?.next;
  return next !== undefined && hasKey(outcome, next.vkey, outcome.tail?.state.open);
}

function hasKey(outcome: Outcome, vkey: string, open = outcome.state.open): boolean {
  try {
    const key = parseVkey(vkey);
    return open !== undefined && key.name === open.deployment && key.fingerprint === open.streamKey.fingerprint;
  } catch {
    return false;
  }
}

/** Where records travel, none is without a note but for a moment: who knows no key of the trail can write no note at all. */
function reportUnnoted(streams: Streams, id: string, outcome: Outcome): void {
  if (mayStillCome(outcome, coveredAtMs(outcome, 1))) {
    const evidence = 'Records are here before those that seal them, which may still be on their way.';
    streams.add(id, { code: 'NOT_YET_DELIVERED', severity: 'incomplete', from: 1, to: 1, evidence });
    return;
  }
  const evidence = 'Documents name this stream, and no note covers any of them.';
  streams.add(id, { code: 'UNSEALED_DOCUMENT', evidence });
}

/** Says of a stream that nothing vouches for what that means: an alarm where something trusted names it. */
export function reportUnauthorised(streams: Streams, id: string, outcome: Outcome): void {
  const { policy, knownHeads, check } = streams.input;
  if (policy === undefined || !check('authorisation')) return;
  const damaged = streams.tampered(id);
  const namedBy = streams.namedBy.get(id);
  const expected = namedBy !== undefined || knownHeads?.streams.has(id) === true;
  if (damaged && (outcome.claimed || expected)) return;
  // A file without one good line is what a crash leaves before the first: as good as none.
  if (outcome.wellFormed === 0) return;
  if (outcome.segment.deliveryGraceMs !== undefined && !outcome.noted) {
    reportUnnoted(streams, id, outcome);
    return;
  }
  const open = outcome.state.open;
  const known = namedBy === undefined && holdsKnown(outcome, knownHeads?.streams.get(id));
  if (expected && !known && !diedOpening(outcome, streams, namedBy)) {
    const namer = namedBy === undefined ? 'An earlier verification' : `Stream ${namedBy}`;
    streams.add(id, {
      code: 'KEY_NOT_AUTHORISED',
      evidence: `${namer} names this stream, and its key is not the one authorised for it.`,
    });
  } else if (outcome.state.number > 0) {
    const fingerprint = open?.identityKey?.fingerprint ?? open?.streamKey.fingerprint ?? 'unknown';
    const evidence = `Its key, fingerprint ${fingerprint}, is not authorised for deployment ${open?.deployment ?? 'unknown'}.`;
    streams.add(id, { code: 'KEY_NOT_AUTHORISED', severity: 'cannot_verify', evidence });
  } else if (!outcome.claimed && !expected) {
    streams.add(id, {
      code: 'KEY_NOT_AUTHORISED',
      severity: 'cannot_verify',
      evidence: 'Nothing that the trust policy lists vouches for this stream.',
    });
  } else {
    const tail = outcome.tail?.state;
    // Nothing proves the time that it states; one in the future would excuse it for ever.
    const ageMs = Math.abs(outcome.readAtMs - (tail?.sealedAtMs ?? Number.NEGATIVE_INFINITY));
    if (ageMs <= SEAL_LIMIT_MS)
      streams.add(id, {
        code: 'TAIL_OPEN',
        severity: 'info',
        evidence: 'The stream has just been opened; its first note is not yet written.',
      });
    else
      streams.add(id, {
        code: 'TAIL_UNSEALED',
        severity: 'cannot_verify',
        from: 1,
        to: Math.max(1, tail?.number ?? 1),
        evidence: 'The stream has no note at all and no successor adopts it: nothing proves it.',
      });
  }
}
