// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SealedStream } from '@stepseal/processor/delivery';
import type { Finding, Source } from '@stepseal/verifier';
import { compareStream, isComplete, isGone, type Reach } from './compare-stream.ts';
import type { IndexedNumbers, RecordIndex } from './record-index.ts';

/** Records of one stream that one copy holds and the other lacks. */
export interface OneSided {
  readonly stream: string;
  readonly records: number;
  /** Some of their numbers, in order; all where there are few. */
  readonly numbers: readonly number[];
}

/** What the segments and the index hold of each other's records. */
export interface ComparedCopies {
  /** Streams of the segments, and their records that may have left. */
  readonly streams: number;
  readonly records: number;
  /** In the segments, and missing in the index. */
  readonly onlySegments: readonly OneSided[];
  /** The same, and younger than the grace: they may still come. */
  readonly onTheWay: readonly OneSided[];
  /** In the index, and in no segment: streams, and ends of streams. */
  readonly onlyIndex: readonly OneSided[];
  /** Streams of which the index has nothing at all. */
  readonly absent: readonly OneSided[];
}

/** Numbers kept of one stream. */
const MOST_NUMBERS = 1_000;
/** Streams that the index is asked for at once. */
const STREAMS_AT_ONCE = 200;

/** Compares the two copies record by record, where the counts of a stream differ. @throws ElasticError, and what the file system throws */
export async function compareCopies(
  streams: readonly SealedStream[],
  index: RecordIndex,
  reach: Reach,
): Promise<ComparedCopies> {
  const found = { onlySegments: [] as OneSided[], onTheWay: [] as OneSided[], onlyIndex: [] as OneSided[] };
  const absent: OneSided[] = [];
  let records = 0;
  for (let at = 0; at < streams.length; at += STREAMS_AT_ONCE) {
    const some = streams.slice(at, at + STREAMS_AT_ONCE);
    // Before the segments are looked at: those can only have more by then.
    const numbers = await index.numbers(some.map(({ streamId }) => streamId));
    for (const stream of some) {
      const indexed = numbers.get(stream.streamId);
      const compared = await compareOne(stream, indexed, index, reach).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
      if (compared === undefined) continue;
      const { here, missing, young } = compared;
      records += here;
      if (missing.records > 0) {
        found.onlySegments.push(missing);
        if (indexed === undefined) absent.push(missing);
      }
      if (young.records > 0) found.onTheWay.push(young);
      if (indexed !== undefined && indexed.last > here) {
        found.onlyIndex.push(span(stream.streamId, here + 1, indexed.last));
      }
    }
  }
  const known = new Set(streams.map(({ streamId }) => streamId));
  for await (const ids of index.streams()) {
    const others = ids.filter((id) => !known.has(id));
    for (const [id, { documents, first, last }] of await index.numbers(others)) {
      found.onlyIndex.push({ stream: id, records: documents, numbers: [first, last] });
    }
  }
  return { streams: streams.length, records, ...found, absent };
}

async function compareOne(
  stream: SealedStream,
  indexed: IndexedNumbers | undefined,
  index: RecordIndex,
  reach: Reach,
): Promise<{ here: number; missing: OneSided; young: OneSided }> {
  const missing = new Tally(stream.streamId);
  const young = new Tally(stream.streamId);
  const here = await stream.deliverable();
  if (isComplete(indexed, here)) return { here, missing, young };
  for await (const { absent } of compareStream(stream, index, reach)) {
    for (const { number, sealedMs } of absent) {
      (sealedMs <= reach.settledMs ? missing : young).add(number);
    }
  }
  return { here, missing, young };
}

class Tally implements OneSided {
  readonly stream: string;
  readonly numbers: number[] = [];
  records = 0;

  constructor(stream: string) {
    this.stream = stream;
  }

  add(number: number): void {
    this.records++;
    if (this.numbers.length < MOST_NUMBERS) this.numbers.push(number);
  }
}

function span(stream: string, first: number, last: number): OneSided {
  return { stream, records: last - first + 1, numbers: [first, last] };
}

/**
 * The index as a source beside the segments: what it lacks altogether is told with what is found in it. That a stream is
 * shorter there, or has a hole, the verification finds by itself.
 */
export function besideSegments(index: Source, compare: () => Promise<ComparedCopies>): Source {
  return {
    ...index,
    get complete() {
      return index.complete;
    },
    findings: async (): Promise<readonly Finding[]> => [
      ...((await index.findings?.()) ?? []),
      ...(await compare()).absent.map((missing) => streamMissing(index.description, missing)),
    ],
  };
}

function streamMissing(source: string, { stream, records, numbers }: OneSided): Finding {
  return {
    code: 'STREAM_MISSING',
    severity: 'tampered',
    stream,
    from: numbers[0] ?? 1,
    to: numbers.at(-1) ?? 1,
    evidence: `The segments hold ${records} records of it, sealed longer ago than delivery may take; here is none.`,
    source,
    reproduce: `stepseal reconcile --elasticsearch URL --dry-run`,
  };
}
