// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { lineHash, type NoteLine, type RecordLine, type SegmentLine } from '@stepseal/testkit';

/** A record as it leaves the process, with what is added outside its sealed bytes. */
export interface Deliverable {
  /** P as text. */
  readonly payload: string;
  readonly hash: string;
  readonly number: number;
  /** Number of the sealing record whose note covers it; left out on adopted records. */
  readonly seal?: number;
  /** The note, on a sealing record. */
  readonly note?: string;
}

/**
 * What of a stream leaves: records under a note, and those behind the last one only where a successor adopts them.
 *
 * @throws where a note stands for no record: a note travels with its record only
 */
export function deliverables(lines: readonly SegmentLine[], adopted: boolean): readonly Deliverable[] {
  const notes = new Map(
    lines.filter((line): line is NoteLine => line.kind === 'note').map((line) => [line.size, line]),
  );
  const sizes = [...notes.keys()].sort((a, b) => a - b);
  const records = lines.filter((line): line is RecordLine => line.kind === 'record');
  const carried = new Set(records.map(({ number }) => number));
  if (sizes.some((size) => !carried.has(size))) throw new TypeError('a note without its record does not travel');
  return records.flatMap((line) => {
    const seal = sizes.find((size) => size >= line.number);
    if (seal === undefined && !adopted) return [];
    const note = notes.get(line.number)?.note;
    return [
      {
        payload: line.text,
        hash: lineHash(line),
        number: line.number,
        ...(seal === undefined ? {} : { seal }),
        ...(note === undefined ? {} : { note }),
      },
    ];
  });
}
