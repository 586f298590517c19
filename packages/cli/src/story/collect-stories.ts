// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  ATTR_STEP_UP_ID,
  EVENT_STEPSEAL_SEAL,
  EVENT_STEPSEAL_STREAM_CLOSE,
  EVENT_STEPSEAL_STREAM_OPEN,
} from '@stepseal/core/semconv';
import type { SealedRecord } from '@stepseal/verifier';
import { type ToldRecord, text } from './told-record.ts';

/** The records of one step-up, in order of time. */
export interface Story {
  readonly id: string;
  readonly records: readonly ToldRecord[];
}

export interface StoryChoice {
  /** One step-up only. */
  readonly id?: string | undefined;
  /** How many of the latest ones are kept. Default all. */
  readonly latest?: number | undefined;
}

const SEALING: ReadonlySet<string> = new Set([
  EVENT_STEPSEAL_STREAM_OPEN,
  EVENT_STEPSEAL_SEAL,
  EVENT_STEPSEAL_STREAM_CLOSE,
]);

/**
 * Gathers the records of step-ups, which lie in several streams when several processes took part. Stories come in the
 * order in which they began. Records must come stream by stream, each in order.
 */
export async function collectStories(records: AsyncIterable<SealedRecord>, choice: StoryChoice): Promise<Story[]> {
  const byId = new Map<string, ToldRecord[]>();
  let unsealed: ToldRecord[] = [];
  for await (const sealed of records) {
    const { payload, streamId, number } = sealed;
    if (streamId === undefined || number === undefined) continue;
    const eventName = payload.eventName ?? '';
    if (SEALING.has(eventName)) {
      // What waited in another stream has no sealing record behind it.
      for (const record of unsealed) if (record.stream === streamId) record.sealedBy = number;
      unsealed = [];
    }
    const timeMs = Number((payload.timestamp ?? 0n) / 1_000_000n);
    const record: ToldRecord = { eventName, timeMs, stream: streamId, number, attributes: payload.attributes };
    const id = text(record, ATTR_STEP_UP_ID);
    if (id === undefined || (choice.id !== undefined && id !== choice.id)) continue;
    unsealed.push(record);
    const members = byId.get(id);
    if (members === undefined) byId.set(id, [record]);
    else members.push(record);
  }
  const stories = [...byId].map(([id, members]) => ({ id, records: members.sort(inTime) })).sort(byStart);
  return choice.latest === undefined ? stories : stories.slice(-choice.latest);
}

function inTime(a: ToldRecord, b: ToldRecord): number {
  return a.timeMs - b.timeMs || (a.stream === b.stream ? a.number - b.number : a.stream < b.stream ? -1 : 1);
}

function byStart(a: Story, b: Story): number {
  return (a.records[0]?.timeMs ?? 0) - (b.records[0]?.timeMs ?? 0);
}
