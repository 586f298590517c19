// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { coveredAtMs, isWithin } from '../delivery.ts';
import type { Outcome } from '../outcome.ts';
import type { Streams } from './streams.ts';

/** Seal interval of 1 s plus what a busy event loop may add, ms. */
export const SEAL_LIMIT_MS = 5_000;
/** An idle stream seals every 60 s; as for heartbeats, 90 s is the limit, ms. */
const IDLE_LIMIT_MS = 90_000;

/** Says of a trusted stream without a close how much of its end nothing proves, and whether that is in order. */
export function judgeTail(streams: Streams, id: string, outcome: Outcome): void {
  const { check } = streams.input;
  const { tail, state } = outcome;
  if (tail === undefined || !check('tail')) return;
  const endMs = streams.successorTimeMs.get(id) ?? outcome.readAtMs;
  const signedAgeMs = endMs - (state.sealedAtMs ?? endMs);
  const ageMs = Math.max(0, signedAgeMs);
  // Clocks differ a little. A note from far in the future tells of a clock that was set, not of a stream being written.
  const ahead = signedAgeMs < -IDLE_LIMIT_MS;
  if (streams.adopted.has(id) || !streams.tampered(id)) streams.uncoveredMs.set(id, ageMs);
  if (streams.adopted.has(id) || streams.undelivered.has(id) || streams.tampered(id)) return;
  const busy = tail.records > 0 || tail.tornBytes > 0;
  const { until = Number.POSITIVE_INFINITY } = streams.input.part;
  // What states a time of the part stands in it, and nobody who asks for the part may take it for proved.
  const travels = outcome.segment.deliveryGraceMs !== undefined;
  // Of what does not follow the last note no time is known; a file may end in it, an index not.
  const known = tail.tornBytes === 0 || !travels;
  if ((state.sealedAtMs ?? 0) >= until && tail.earliestMs >= until && known) {
    streams.uncoveredMs.set(id, 0);
    const evidence = `Its last note is of the end of the part that is verified; of what followed, and of the ${tail.records} record(s) behind it, nothing is said.`;
    streams.add(id, { code: 'OUT_OF_RANGE', severity: 'info', evidence });
    return;
  }
  // What seals it may lie in the part that could not be read.
  if (busy && outcome.segment.deliveryGraceMs !== undefined && outcome.segment.partial !== true) {
    judgeUnsealed(streams, id, outcome, outcome.segment.deliveryGraceMs);
    return;
  }
  const range = { from: state.number + 1, to: Math.max(state.number + 1, tail.state.number) };
  const behind = `${tail.records} record(s) and ${tail.tornBytes} torn byte(s) stand behind the last note`;
  const age = `${(ageMs / 1000).toFixed(1)} s`;
  if (!ahead && ageMs <= (busy ? SEAL_LIMIT_MS : IDLE_LIMIT_MS))
    streams.add(id, {
      code: 'TAIL_OPEN',
      severity: 'info',
      ...range,
      evidence: `The stream is being written: ${behind}, ${age} old.`,
    });
  else
    streams.add(id, {
      code: 'TAIL_UNSEALED',
      severity: 'incomplete',
      ...range,
      evidence: ahead
        ? `The stream has no close: ${behind}, and that note states a time in the future.`
        : `The stream has no close: ${behind}, and nothing proves what happened in the ${age} since.`,
    });
}

/** Nothing leaves a service before it is sealed: what stands behind the last note here has its seal on the way, or never had one. */
function judgeUnsealed(streams: Streams, id: string, outcome: Outcome, graceMs: number): void {
  const { tail, state, readAtMs } = outcome;
  const ageMs = readAtMs - coveredAtMs(outcome, state.number + 1);
  const range = { from: state.number + 1, to: Math.max(state.number + 1, tail?.state.number ?? 0) };
  if (isWithin(Math.max(graceMs, SEAL_LIMIT_MS), ageMs)) {
    const evidence = 'Records are here before those that seal them, which may still be on their way.';
    streams.add(id, { code: 'NOT_YET_DELIVERED', severity: 'incomplete', ...range, evidence });
    return;
  }
  const evidence = 'Records stand behind the last note, and nothing leaves a service before it is sealed.';
  streams.add(id, { code: 'UNSEALED_DOCUMENT', ...range, evidence });
}
