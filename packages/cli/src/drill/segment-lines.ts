// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, parseCheckpoint, parseNote, parseNoteLine } from '@stepseal/core/format';

/** One line of a segment, line feed included. */
export interface SegmentLine {
  readonly kind: 'record' | 'note' | 'torn';
  /** A record's number, or the size that a note signs; 0 for torn bytes. */
  readonly number: number;
  readonly bytes: Buffer;
}

const LINE_FEED = 0x0a;

/**
 * The lines of a segment that was verified before: its records are whole and in order, so counting gives their numbers.
 * What stands behind its last note may be torn.
 */
export function splitSegment(bytes: Buffer): SegmentLine[] {
  const lines: SegmentLine[] = [];
  let records = 0;
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    const line = bytes.subarray(start, end);
    if (feed === -1) lines.push({ kind: 'torn', number: 0, bytes: line });
    else if (isNoteLine(line)) lines.push({ kind: 'note', number: noteSize(line), bytes: line });
    else lines.push({ kind: 'record', number: ++records, bytes: line });
    start = end;
  }
  return lines;
}

function noteSize(line: Buffer): number {
  return parseCheckpoint(parseNote(parseNoteLine(line.subarray(0, -1))).text).size;
}

export function joinLines(lines: readonly SegmentLine[]): Buffer {
  return Buffer.concat(lines.map(({ bytes }) => bytes));
}

/** A line with other content in the same place. */
export function rewritten(line: SegmentLine, text: string): SegmentLine {
  return { ...line, bytes: Buffer.from(`${text}\n`) };
}
