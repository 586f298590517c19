// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { asAbsent, notDelivered } from '../delivery.ts';
import type { Entry } from '../finding-log.ts';
import type { Outcome } from '../outcome.ts';
import type { Tail } from '../rest.ts';
import type { PredecessorPin } from '../stream-facts.ts';
import { liesBefore } from './part.ts';
import type { Streams } from './streams.ts';
import { declaredUndelivered } from './undelivered.ts';

const HASH_BYTES = 32;

/** Follows every trusted open record to the predecessor that it pins, and from a pinned one on to its own. */
export function followPredecessors(streams: Streams): void {
  const { outcomes, newer, check } = streams.input;
  const queue = [...streams.trusted];
  const claims = new Map<string, string>();
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const outcome = outcomes.get(id) as Outcome;
    const state = outcome.state.open === undefined ? outcome.tail?.state : outcome.state;
    const pin = state?.open?.predecessor;
    if (pin === undefined) continue;
    const target = outcomes.get(pin.streamId);
    if (target !== undefined && isOfAnother(target, outcome))
      if (streams.trusted.has(pin.streamId) || hashAt(target, pin.number) === pin.hash) continue;
    const rival = claims.get(pin.streamId);
    if (rival !== undefined && rival !== id && check('equivocation')) {
      streams.add(pin.streamId, {
        code: 'EQUIVOCATION',
        evidence: `Streams ${rival} and ${id} both name it as their predecessor.`,
      });
      continue;
    }
    claims.set(pin.streamId, id);
    if (pin.tornSha256 !== undefined) streams.torn.add(pin.tornSha256);
    streams.predecessors.set(id, pin.streamId);
    streams.namedBy.set(pin.streamId, id);
    if (target === undefined) {
      const { deployment } = state?.open ?? {};
      if (newer.has(pin.streamId) || streams.isPruned(pin.streamId, { deployment, pin }) || !check('predecessor'))
        continue;
      if (streams.isUnasked(pin.streamId) || liesBefore(streams, pin.streamId, id, state?.firstTimeMs)) continue;
      const evidence = `Stream ${id} names it as its predecessor with ${pin.number} records, and it is not here.${streams.otherThanDeclared(pin.streamId)}`;
      const entry = {
        code: 'STREAM_MISSING',
        severity: outcome.complete ? 'tampered' : 'incomplete',
        from: 1,
        to: pin.number,
        evidence,
      } as const;
      streams.add(pin.streamId, asAbsent(outcome, entry, state?.firstTimeMs));
      continue;
    }
    if (state?.firstTimeMs !== undefined) streams.successorTimeMs.set(pin.streamId, state.firstTimeMs);
    if (!check('adoption') || !pinHolds(streams, pin, target)) continue;
    if (pin.cause === 'closed') streams.followers.set(pin.streamId, id);
    if (!streams.trusted.has(pin.streamId) && !streams.vouched.has(pin.streamId)) {
      streams.vouched.add(pin.streamId);
      queue.push(pin.streamId);
    }
  }
}

/** A deployment vouches for its own streams only, or one key of the policy would reach all that it lists. */
function isOfAnother(target: Outcome, outcome: Outcome): boolean {
  const [theirs, ours] = [target, outcome].map(({ state, tail }) => (state.open ?? tail?.state.open)?.deployment);
  return theirs !== undefined && theirs !== ours;
}

/** Hash of the record of a number, from the last noted one on. */
function hashAt({ state, tail }: Outcome, number: number): string | undefined {
  if (number === state.number) return state.hash;
  const at = (number - state.number - 1) * HASH_BYTES;
  return at < 0 ? undefined : tail?.hashes.toString('hex', at, at + HASH_BYTES);
}

/** Compares a predecessor with what its successor's open record pins of it, and says what differs. */
function pinHolds(streams: Streams, pin: PredecessorPin, target: Outcome): boolean {
  const id = pin.streamId;
  if (target.findings.some((finding) => finding.severity === 'tampered')) return false;
  const { tail, state } = target;
  const end = tail?.state ?? state;
  const same = end.number === pin.number && end.hash === pin.hash;
  if (pin.number < state.number && streams.trusted.has(id)) {
    // The file was cut before the successor found it; whoever kept a longer copy can tell.
    const evidence = `Its successor found ${pin.number} records; ${state.number} stand under notes here.`;
    streams.add(id, { code: 'TRUNCATED', from: pin.number + 1, to: state.number, evidence });
    return false;
  }
  // Records of its own, whole under keys that nobody vouches for, and not those that the successor found.
  if (!same && state.number > 0 && !streams.trusted.has(id)) return false;
  if (!same && !target.closed && wasRefused(streams, pin, target)) return false;
  if (target.closed || tail === undefined) {
    if (same) return true;
    const evidence = `It is closed with ${end.number} records; its successor names ${pin.number}.`;
    streams.add(id, { code: 'EQUIVOCATION', from: Math.min(end.number, pin.number), to: end.number, evidence });
    return false;
  }
  if (pin.cause === 'io_error' && end.number >= pin.number) {
    if (hashAt(target, pin.number) !== pin.hash) {
      const evidence = `Record ${pin.number} is not the one that its successor names.`;
      const modified = { code: 'MODIFIED' as const, from: pin.number, to: pin.number, evidence };
      streams.add(id, target.explain?.(pin)[0] ?? modified);
      return false;
    }
    const evidence = 'Lines written before an I/O error stand again in the next stream.';
    tellStrays(streams, pin, target, tail);
    if (end.number > pin.number && target.segment.deliveryGraceMs === undefined)
      streams.add(id, { code: 'ABANDONED', severity: 'info', from: pin.number + 1, to: end.number, evidence });
    return adopt(streams, pin, target);
  }
  if (pin.cause === 'closed' || pin.cause === 'roll') {
    const evidence = `Its successor found it closed with ${pin.number} records; its closing note is not here.`;
    const entry = { code: 'TRUNCATED', from: Math.min(end.number + 1, pin.number), to: pin.number, evidence } as const;
    streams.add(id, absentFrom(streams, target, entry));
    return false;
  }
  if (!same) {
    explainDifference(streams, pin, target, tail);
    return false;
  }
  tellStrays(streams, pin, target, tail);
  return lengthHolds(streams, pin, tail) && adopt(streams, pin, target);
}

/**
 * Whether what is not here of what a successor pins was refused by its receiver, as trusted streams declare; says so. The
 * hash that is pinned proves the records back to the one refused. Those before it are linked by that one only.
 */
function wasRefused(streams: Streams, pin: PredecessorPin, target: Outcome): boolean {
  const id = pin.streamId;
  if (target.segment.deliveryGraceMs === undefined || !streams.input.check('delivery')) return false;
  const claims = declaredUndelivered(streams).get(id);
  const way = claims === undefined ? undefined : target.wayTo(pin, (number) => claims.get(number)?.hash);
  const last = way?.absent.at(-1);
  if (way === undefined || last === undefined) return false;
  for (const number of way.absent) streams.add(id, notDelivered(number));
  const from = target.state.number + 1;
  const unproved = last - from + 1 - way.absent.length;
  if (unproved > 0) {
    const evidence = `${unproved} record(s) stand behind the last note and before one that was refused: what follows does not prove them.`;
    streams.add(id, { code: 'TAIL_UNSEALED', severity: 'incomplete', from, to: last - 1, evidence });
  }
  if (way.strays) addStrays(streams, pin, pin.number + 1);
  streams.undelivered.add(id);
  return true;
}

/**
 * Nothing leaves a service that is neither sealed nor pinned: where records travel, what stands behind the pinned one
 * never was in the file, torn or abandoned.
 */
function tellStrays(streams: Streams, pin: PredecessorPin, target: Outcome, tail: Tail): void {
  const strays = tail.state.number > pin.number || tail.tornBytes > 0;
  if (target.segment.deliveryGraceMs === undefined || !strays) return;
  addStrays(streams, pin, Math.max(pin.number + 1, tail.state.number));
}

function addStrays(streams: Streams, pin: PredecessorPin, to: number): void {
  const from = pin.number + 1;
  const evidence = `Documents claim a place behind record ${pin.number}, which a trusted stream names as the last one.`;
  streams.add(pin.streamId, { code: 'UNSEALED_DOCUMENT', from, to, evidence });
}

function explainDifference(streams: Streams, pin: PredecessorPin, target: Outcome, tail: Tail): void {
  const id = pin.streamId;
  const { number } = tail.state;
  const shorter =
    number < pin.number && pin.validBytes !== undefined && tail.validEnd + tail.tornBytes < pin.validBytes;
  const explained =
    number > pin.number
      ? {
          code: 'TRAILING_DATA' as const,
          from: pin.number + 1,
          to: number,
          evidence: `Its successor found ${pin.number} records; there are ${number}.`,
        }
      : shorter
        ? undefined
        : target.explain?.(pin)[0];
  const cut = {
    code: 'TRUNCATED' as const,
    from: number + 1,
    to: pin.number,
    evidence: `Its successor found ${pin.number} records; ${number} are here.`,
  };
  const entry = explained ?? cut;
  streams.add(id, absentFrom(streams, target, entry));
}

/** What a successor pins was signed with its open record at the latest. */
function absentFrom(streams: Streams, target: Outcome, entry: Entry): Entry {
  return asAbsent(target, entry, streams.successorTimeMs.get(target.streamId ?? ''));
}

function lengthHolds(streams: Streams, pin: PredecessorPin, tail: Tail): boolean {
  const { exportOf, deliveryGraceMs } = streams.input.outcomes.get(pin.streamId)?.segment ?? {};
  if (exportOf !== undefined) return deliveryGraceMs !== undefined || tornFits(streams, pin, tail);
  const id = pin.streamId;
  const at = { from: pin.number, to: pin.number };
  const length = tail.validEnd + tail.tornBytes;
  if (pin.validBytes !== undefined) {
    const wanted = pin.validBytes + (pin.tornBytes ?? 0);
    if (tail.validEnd !== pin.validBytes || length !== wanted) {
      const evidence = `Its successor found ${wanted} bytes, ${pin.validBytes} of them valid; there are ${length} and ${tail.validEnd}.`;
      streams.add(id, {
        code: length === wanted ? 'MALFORMED' : length < wanted ? 'TRUNCATED' : 'TRAILING_DATA',
        ...at,
        evidence,
      });
      return false;
    }
  }
  if (pin.tornSha256 !== undefined && pin.tornSha256 !== tail.tornSha256) {
    streams.add(id, {
      code: 'TRAILING_DATA',
      ...at,
      evidence: 'The torn bytes at its end are not those that its successor found.',
    });
    return false;
  }
  return true;
}

/** Of an export lengths are no evidence, but for what its torn lines may come to: parted anew, each gets a line end. */
function tornFits(streams: Streams, pin: PredecessorPin, { tornBytes }: Tail): boolean {
  const { streamId, number, tornBytes: found = 0 } = pin;
  if (tornBytes <= 2 * found) return true;
  const evidence = `${tornBytes} bytes stand behind record ${number}, where its successor found ${found}.`;
  streams.add(streamId, { code: 'TRAILING_DATA', from: number, to: number, evidence });
  return false;
}

function adopt(streams: Streams, pin: PredecessorPin, target: Outcome): boolean {
  const records = Math.max(0, pin.number - target.state.number);
  streams.adopted.set(pin.streamId, records);
  const torn = target.tail?.tornBytes ?? 0;
  const evidence = `The stream ended without a close (${pin.cause}); its successor pins record ${pin.number}: ${records} record(s) beyond the last note, ${torn} torn byte(s).`;
  const range = records > 0 ? { from: target.state.number + 1, to: pin.number } : {};
  streams.add(pin.streamId, { code: 'ADOPTED', severity: 'info', ...range, evidence });
  return true;
}
