// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  ATTR_STEP_UP_ACCESS_RESULT,
  ATTR_STEP_UP_DECISION,
  ATTR_STEP_UP_DURATION_MS,
  ATTR_STEP_UP_ID,
  ATTR_STEP_UP_METHOD,
  ATTR_STEP_UP_OUTCOME,
  ATTR_STEP_UP_REQUIREMENT_MET,
  ATTR_STEP_UP_SAMPLE_WEIGHT,
  ATTR_STEP_UP_TRIGGER_REASON,
  ATTR_USER_HASH,
  ATTR_USER_ID,
  EVENT_STEP_UP_ACCESS,
  EVENT_STEP_UP_ATTEMPTED,
  EVENT_STEP_UP_CHALLENGED,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_EVALUATED,
  EVENT_STEP_UP_REQUIRED,
} from '@stepseal/core/semconv';
import type { Segment } from '@stepseal/verifier';
import { VerifierError } from '@stepseal/verifier';
import { LineValues } from '../search/line-values.ts';
import { OF_STEP_UPS } from '../search/scan-job.ts';
import { scanSegment } from '../search/scan-segment.ts';

/** What is counted of one step-up. */
export interface Tallied {
  /** Time of its first record. */
  startMs: number;
  /** A proof was demanded or asked for; false where a policy was asked and nothing more. */
  begun: boolean;
  demandMs: number | undefined;
  endMs: number | undefined;
  measuredMs: number | undefined;
  outcome: string | undefined;
  method: string | undefined;
  reason: string | undefined;
  user: string | undefined;
  unmet: boolean;
  decision: string | undefined;
  /** How many evaluations it stands for. */
  weight: number;
}

export interface Tally {
  readonly stepUps: ReadonlyMap<string, Tallied>;
  readonly bytes: number;
  readonly unread: readonly string[];
}

const BEGINS: ReadonlySet<string> = new Set([
  EVENT_STEP_UP_REQUIRED,
  EVENT_STEP_UP_CHALLENGED,
  EVENT_STEP_UP_ATTEMPTED,
  EVENT_STEP_UP_COMPLETED,
]);

/** Reads every record of a step-up once, by its bytes. Holds a few hundred bytes for each step-up. */
export function tally(segments: readonly Segment[]): Tally {
  const stepUps = new Map<string, Tallied>();
  const unread: string[] = [];
  let bytes = 0;
  for (const segment of segments) {
    try {
      const reader = segment.open();
      try {
        bytes += scanSegment(reader, [OF_STEP_UPS], undefined, (block, start, end, { timeMs }) =>
          add(stepUps, new LineValues(block.subarray(start, end)), timeMs),
        );
      } finally {
        reader.close();
      }
    } catch (error) {
      if (!(error instanceof VerifierError)) throw error;
      unread.push(`${segment.name}: ${error.message}`);
    }
  }
  return { stepUps, bytes, unread };
}

function add(stepUps: Map<string, Tallied>, line: LineValues, timeMs: number): void {
  const id = line.string(ATTR_STEP_UP_ID);
  const event = line.eventName;
  if (id === undefined || event === undefined || !event.startsWith('step_up.')) return;
  const one = stepUps.get(id) ?? begin(timeMs);
  stepUps.set(id, one);
  one.startMs = Math.min(one.startMs, timeMs);
  if (BEGINS.has(event)) one.begun = true;
  one.user ??= line.string(ATTR_USER_HASH) ?? line.string(ATTR_USER_ID);
  if (event === EVENT_STEP_UP_REQUIRED) {
    one.demandMs = Math.min(one.demandMs ?? timeMs, timeMs);
    one.reason ??= line.string(ATTR_STEP_UP_TRIGGER_REASON);
  } else if (event === EVENT_STEP_UP_COMPLETED) {
    // Exactly one there should be; of several the last counts, as in its story.
    if (one.endMs !== undefined && timeMs < one.endMs) return;
    one.endMs = timeMs;
    one.outcome = line.string(ATTR_STEP_UP_OUTCOME);
    one.method = line.string(ATTR_STEP_UP_METHOD) ?? one.method;
    one.measuredMs = line.integer(ATTR_STEP_UP_DURATION_MS);
  } else if (event === EVENT_STEP_UP_CHALLENGED || event === EVENT_STEP_UP_ATTEMPTED) {
    if (one.endMs === undefined) one.method = line.string(ATTR_STEP_UP_METHOD) ?? one.method;
  } else if (event === EVENT_STEP_UP_ACCESS) {
    if (line.isFalse(ATTR_STEP_UP_REQUIREMENT_MET) && line.string(ATTR_STEP_UP_ACCESS_RESULT) === 'granted')
      one.unmet = true;
  } else if (event === EVENT_STEP_UP_EVALUATED) {
    one.decision = line.string(ATTR_STEP_UP_DECISION);
    one.weight = line.integer(ATTR_STEP_UP_SAMPLE_WEIGHT) ?? 1;
    one.reason ??= line.string(ATTR_STEP_UP_TRIGGER_REASON);
  }
}

function begin(startMs: number): Tallied {
  return {
    startMs,
    begun: false,
    demandMs: undefined,
    endMs: undefined,
    measuredMs: undefined,
    outcome: undefined,
    method: undefined,
    reason: undefined,
    user: undefined,
    unmet: false,
    decision: undefined,
    weight: 1,
  };
}
