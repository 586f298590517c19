// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Payload } from '@stepseal/core/format';
import { ATTR_STEP_UP_ID } from '@stepseal/core/semconv';
import type { SealedRecord } from '@stepseal/verifier';
import { SEALING_EVENTS } from './sealing-events.ts';
import { type ToldRecord, text } from './told-record.ts';

/** The records of one step-up, in order of time. */
export interface Story {
  readonly id: string;
  readonly records: readonly ToldRecord[];
}

/**
 * Gathers the records of step-ups, of all or of those in `ids`; they lie in several streams when several processes took
 * part. Stories come in the order in which they began. Records must come stream by stream, each in order.
 */
export async function collectStories(
  records: AsyncIterable<SealedRecord>,
  ids: ReadonlySet<string> | undefined,
): Promise<Story[]> {
  const byId = new Map<string, ToldRecord[]>();
  let unsealed: ToldRecord[] = [];
  for await (const { payload, streamId, number, hash } of records) {
    if (streamId === undefined || number === undefined) continue;
    const eventName = payload.eventName ?? '';
    if (SEALING_EVENTS.has(eventName)) {
      // What waited in another stream has no sealing record behind it.
      for (const record of unsealed) if (record.stream === streamId) record.sealedBy = number;
      unsealed = [];
    }
    const timeMs = timeOf(payload);
    const record: ToldRecord = { eventName, timeMs, stream: streamId, number, hash, attributes: payload.attributes };
    const id = text(record, ATTR_STEP_UP_ID);
    if (id === undefined || ids?.has(id) === false) continue;
    const members = byId.get(id) ?? [];
    // A copy of a segment tells nothing new.
    if (members.some((member) => member.hash === hash)) continue;
    unsealed.push(record);
    members.push(record);
    byId.set(id, members);
  }
  return [...byId].map(([id, members]) => ({ id, records: members.sort(inTime) })).sort(byStart);
}

/** Sorts records of step-ups apart by id; what belongs to none is left out. Stories come in the order of their beginning. */
export function storiesOf(records: Iterable<ToldRecord>): Story[] {
  const byId = new Map<string, Map<string, ToldRecord>>();
  for (const record of records) {
    const id = text(record, ATTR_STEP_UP_ID);
    if (id === undefined) continue;
    const members = byId.get(id) ?? new Map<string, ToldRecord>();
    byId.set(id, members.set(record.hash, record));
  }
  return [...byId].map(([id, members]) => ({ id, records: [...members.values()].sort(inTime) })).sort(byStart);
}

function timeOf(payload: Payload): number {
  return Number((payload.timestamp ?? 0n) / 1_000_000n);
}

function inTime(a: ToldRecord, b: ToldRecord): number {
  return a.timeMs - b.timeMs || (a.stream === b.stream ? a.number - b.number : a.stream < b.stream ? -1 : 1);
}

function byStart(a: Story, b: Story): number {
  return (a.records[0]?.timeMs ?? 0) - (b.records[0]?.timeMs ?? 0) || (a.id < b.id ? -1 : 1);
}
