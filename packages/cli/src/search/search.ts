// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomInt } from 'node:crypto';
import type { Segment } from '@stepseal/verifier';
import type { Story } from '../story/collect-stories.ts';
import { SEALING_EVENTS } from '../story/sealing-events.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { gather, type LineFilter } from './gather.ts';
import { IdTable, latestRows } from './id-table.ts';
import { eventNeedle } from './line-bytes.ts';
import { LineReader } from './read-lines.ts';
import { type LineColumns, OF_STEP_UPS } from './scan-job.ts';
import type { LineTerm, TimeWindow } from './scan-segment.ts';
import { Scanner } from './scanner.ts';

/** What a search found, and what it could not look at. */
export interface Found {
  /** How many match, also beyond those that are given. */
  readonly matched: number;
  /** Records that match and belong to no step-up. */
  readonly loose: number;
  /** Bytes of segments that were read. */
  readonly bytes: number;
  /** One sentence each. */
  readonly unread: readonly string[];
}

/** What is looked for in lines. */
export interface LineQuery {
  readonly filters: readonly LineFilter[];
  readonly window: TimeWindow | undefined;
  /** Most that are given: those whose matching records are the latest. */
  readonly limit: number;
}

/**
 * Finds step-ups of which every filter is met by some record, and reads all their records, which may lie in any stream.
 * Stories come in the order in which they began; `segments` are those that hold their records.
 */
export async function findStepUps(
  segments: readonly Segment[],
  { filters, window, limit }: LineQuery,
): Promise<Found & { readonly stories: readonly Story[]; readonly segments: readonly Segment[] }> {
  const scanner = new Scanner(segments);
  const reader = new LineReader(segments);
  try {
    const seed = randomInt(2 ** 32);
    const terms = filters.length === 0 ? [OF_STEP_UPS] : filters.map(({ line }) => line);
    const scanned = await scanner.run({ kind: 'step-ups', terms, seed, ...(window && { window }) });
    const table = new IdTable(seed);
    table.merge(scanned.ids);
    const matching = table.rows((mask) =>
      terms.every((_, bit) => ((mask >>> bit) & 1) === (filters[bit]?.absent === true ? 0 : 1)),
    );
    const ids = latestRows(matching, limit);
    const { lines } = ids.time.length === 0 ? scanned : await scanner.run({ kind: 'ids', ids, seed });
    const { stories } = gather(reader.read(lines, lines.offset.keys()), filters, window);
    const given = stories.length;
    return {
      // Two ids of one hash are told apart only where they are read.
      matched: matching.time.length > limit ? matching.time.length : given,
      loose: scanned.loose,
      bytes: scanned.bytes,
      unread: unreadSentences(segments, scanned.unreadable, reader.missing),
      stories,
      segments: segments.filter((_, at) => lines.segment.includes(at)),
    };
  } finally {
    reader.close();
    await scanner.close();
  }
}

/** Finds single records that meet all filters, in the order of their times, and hands them over one by one. */
export async function findRecords(
  segments: readonly Segment[],
  { filters, window, limit }: LineQuery,
  newestFirst: boolean,
): Promise<Found & { records(): Generator<ToldRecord> }> {
  const scanner = new Scanner(segments);
  try {
    const terms = filters.length === 0 ? [ANY_RECORD] : filters.map(({ line }) => line);
    const scanned = await scanner.run({ kind: 'lines', terms, ...(window && { window }) });
    const order = inOrder(scanned.lines);
    const chosen = order.subarray(Math.max(0, order.length - limit));
    if (newestFirst) chosen.reverse();
    return {
      matched: order.length,
      loose: 0,
      bytes: scanned.bytes,
      unread: unreadSentences(segments, scanned.unreadable, 0),
      *records() {
        const reader = new LineReader(segments);
        try {
          for (const { record } of reader.read(scanned.lines, chosen)) yield record;
        } finally {
          reader.close();
        }
      },
    };
  } finally {
    await scanner.close();
  }
}

/**
 * Says of each record which sealing record seals it: the next one of its stream. Records behind the last one are left as
 * they are.
 */
export async function findSeals(segments: readonly Segment[], records: readonly ToldRecord[]): Promise<void> {
  const streams = [...new Set(records.map(({ stream }) => stream))];
  const events = [...SEALING_EVENTS].map(eventNeedle);
  const line: LineTerm = { alternatives: events.map((event) => [event]), inValues: false, inWindow: true };
  const query = { filters: [{ line, absent: false }], window: undefined, limit: Number.MAX_SAFE_INTEGER };
  const seals = new Map(streams.map((stream) => [stream, [] as number[]]));
  const found = await findRecords(segments, query, false);
  for (const { stream, number } of found.records()) seals.get(stream)?.push(number);
  for (const record of records) {
    const next = seals.get(record.stream)?.filter((number) => number >= record.number) ?? [];
    if (next.length > 0) record.sealedBy = next.reduce((least, number) => Math.min(least, number));
  }
}

/** Every record has its number. */
const ANY_RECORD: LineTerm = {
  alternatives: [[Buffer.from('"audit.sequence.number":')]],
  inValues: false,
  inWindow: true,
};

/** Lines by time, then by place, each once: a line may meet a term in two ways. */
function inOrder({ segment, offset, timeMs }: LineColumns): Uint32Array {
  const at = (column: Float64Array, index: number): number => column[index] as number;
  const order = Uint32Array.from(offset.keys()).sort(
    (a, b) => at(timeMs, a) - at(timeMs, b) || at(segment, a) - at(segment, b) || at(offset, a) - at(offset, b),
  );
  return order.filter((one, index) => {
    const before = order[index - 1];
    return before === undefined || at(offset, one) !== at(offset, before) || at(segment, one) !== at(segment, before);
  });
}

function unreadSentences(
  segments: readonly Segment[],
  unreadable: readonly { readonly segment: number; readonly reason: string }[],
  missing: number,
): string[] {
  const sentences = unreadable.map(({ segment, reason }) => `${segments[segment]?.name}: ${reason}`);
  if (missing > 0) sentences.push(`${missing} line(s) that matched are no records, or were gone when they were read.`);
  return sentences;
}
