// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { asAbsent, coveredAtMs, mayStillCome, notDelivered } from '../delivery.ts';
import { FindingLog } from '../finding-log.ts';
import type { Finding } from '../findings.ts';
import type { Outcome } from '../outcome.ts';
import type { Streams } from './streams.ts';
import { declaredUndelivered } from './undelivered.ts';

const NOTHING = Buffer.alloc(0);
const HASH_BYTES = 32;

/**
 * Compares, where records travel to, the end of a copy behind its last note with that of the copy which stands for the
 * stream: what successors pin there is under no note that a comparison of notes would miss.
 */
export function judgeCopyEnds(copies: ReadonlyMap<string, readonly Outcome[]>, streams: Streams): readonly Finding[] {
  if (!streams.input.check('copies')) return [];
  return [...copies].flatMap(([id, outcomes]) => {
    const best = streams.input.outcomes.get(id);
    if (best === undefined || !(streams.trusted.has(id) || streams.vouched.has(id))) return [];
    return outcomes
      .filter((copy) => copy !== best && copy.segment.deliveryGraceMs !== undefined)
      .filter((copy) => copy.state.number === best.state.number)
      .flatMap((copy) => judgeEnd(id, best, copy, streams));
  });
}

function judgeEnd(id: string, best: Outcome, copy: Outcome, streams: Streams): readonly Finding[] {
  const { tail } = copy;
  if (tail === undefined) return [];
  const log = new FindingLog(copy.segment.name, id);
  const known = best.tail?.hashes ?? NOTHING;
  const from = copy.state.number + 1;
  const signedMs = streams.successorTimeMs.get(id) ?? coveredAtMs(copy, from);
  const refused = refusedAtEnd(id, copy, known, streams);
  if (refused.length > 0) {
    for (const number of refused) log.add(notDelivered(number));
    return log.findings;
  }
  const same = tail.hashes.equals(known.subarray(0, tail.hashes.length));
  if (!same || tail.tornBytes > 0) {
    const to = Math.max(from, tail.state.number);
    const late = copy.segment.partial === true || mayStillCome(copy, signedMs);
    const evidence = `Records stand behind the last note that ${best.segment.name} does not have there.`;
    log.add(
      late
        ? { code: 'NOT_YET_DELIVERED', severity: 'incomplete', from, to, evidence }
        : { code: 'UNSEALED_DOCUMENT', from, to, evidence },
    );
  } else if (streams.adopted.has(id) && tail.hashes.length < known.length) {
    const to = best.tail?.state.number ?? from;
    const evidence = `${best.segment.name} holds ${to} records that a successor pins, this one ${tail.state.number}.`;
    log.add(asAbsent(copy, { code: 'TRUNCATED', from: tail.state.number + 1, to, evidence }, signedMs));
  }
  return log.findings;
}

/** Numbers of the records that are in the best copy and were refused by the receiver of this one, where nothing else differs. */
function refusedAtEnd(id: string, copy: Outcome, known: Buffer, streams: Streams): readonly number[] {
  const claims = streams.adopted.has(id) ? declaredUndelivered(streams).get(id) : undefined;
  if (claims === undefined) return [];
  const number = copy.state.number + known.length / HASH_BYTES;
  const hash = known.toString('hex', known.length - HASH_BYTES);
  const way = copy.wayTo({ number, hash }, (place) => claims.get(place)?.hash);
  return way?.strays === false && way.hashes === known.toString('hex') ? way.absent : [];
}
