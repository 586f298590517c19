// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import {
  type DeliveryCursor,
  ownerLiveness,
  readCursor,
  readSetAside,
  type SegmentFile,
  type SetAsideEntry,
  type WriterListing,
} from '@stepseal/processor/data';
import { readStreamEnd, timeOfRecordAt } from './stream-end.ts';

export type OwnerState = 'alive' | 'gone' | 'unknown' | 'released' | 'none';

/** What no acknowledgement covers yet. */
export interface Queue {
  readonly streams: number;
  readonly records: number;
  readonly bytes: number;
  /** Time of the oldest record in it; undefined when it is empty. */
  readonly oldestMs: number | undefined;
}

const NOTHING_TO_SEND: Queue = { streams: 0, records: 0, bytes: 0, oldestMs: undefined };

/** How one writer's directory stands. */
export interface WriterStatus {
  readonly writer: string;
  readonly owner: OwnerState;
  readonly pid: number | undefined;
  readonly streams: number;
  readonly bytes: number;
  /** The newest stream. */
  readonly stream: string | undefined;
  /** Its owner writes it: it has not ended. */
  readonly live: boolean;
  readonly records: number;
  /** Records under its last note. */
  readonly noteSize: number;
  readonly noteMs: number | undefined;
  readonly recordsSince: number;
  readonly lastRecordMs: number | undefined;
  readonly cursor: DeliveryCursor | undefined;
  /** Empty where nothing is to be sent. */
  readonly queue: Queue;
  readonly setAside: readonly SetAsideEntry[];
}

/** Reads one writer's directory. What changes meanwhile makes figures of two moments, never an error. */
export function writerStatus(listing: WriterListing, delivering: boolean): WriterStatus {
  const { writerId, directory, segments } = listing;
  const newest = segments.at(-1);
  const end = newest && readStreamEnd(newest.path);
  const cursor = readCursor(directory);
  const owner = ownerState(listing);
  return {
    writer: writerId,
    owner,
    pid: listing.owner?.pid,
    streams: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    stream: newest?.streamId,
    live: newest !== undefined && !newest.closed && end?.closes !== true,
    records: end?.records ?? 0,
    noteSize: end?.noteSize ?? 0,
    noteMs: end?.noteMs,
    recordsSince: Math.max(0, (end?.records ?? 0) - (end?.noteSize ?? 0)),
    lastRecordMs: end?.lastRecordMs,
    cursor,
    queue: delivering ? queueOf(segments, cursor) : NOTHING_TO_SEND,
    setAside: readSetAside(directory),
  };
}

function ownerState({ directory, owner }: WriterListing): OwnerState {
  if (owner === undefined) return 'none';
  if (owner.released) return 'released';
  const liveness = ownerLiveness(join(directory, `owner.${String(owner.number).padStart(6, '0')}`));
  return liveness === 'dead' ? 'gone' : liveness;
}

function queueOf(segments: readonly SegmentFile[], cursor: DeliveryCursor | undefined): Queue {
  let [streams, records, bytes] = [0, 0, 0];
  let oldestMs: number | undefined;
  for (const segment of segments) {
    if (cursor !== undefined && segment.streamId < cursor.streamId) continue;
    const done = segment.streamId === cursor?.streamId ? cursor : { number: 0, offset: 0 };
    const left = Math.max(0, (readStreamEnd(segment.path)?.records ?? 0) - done.number);
    if (left === 0) continue;
    streams += 1;
    records += left;
    bytes += Math.max(0, segment.bytes - done.offset);
    oldestMs ??= timeOfRecordAt(segment.path, done.offset);
  }
  return { streams, records, bytes, oldestMs };
}
