// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseCheckpoint, parseNote, parseNoteLine, recordHash } from '@stepseal/core/format';

/** One record of a segment: the payload exactly as it stands in the file. */
export interface RecordLine {
  readonly kind: 'record';
  readonly number: number;
  readonly text: string;
}

/** One note line: `size` is the number of the sealing record that the note stands for. */
export interface NoteLine {
  readonly kind: 'note';
  readonly size: number;
  readonly note: string;
  readonly text: string;
}

/** Bytes that are no line: a torn end, a hole, something a stranger wrote. Written as they are, without a line feed. */
export interface RawBytes {
  readonly kind: 'raw';
  readonly bytes: Uint8Array;
}

export type SegmentLine = RecordLine | NoteLine | RawBytes;

const LINE_FEED = 0x0a;

export function lineBytes(line: SegmentLine): Buffer {
  return line.kind === 'raw' ? Buffer.from(line.bytes) : Buffer.from(`${line.text}\n`);
}

export function segmentBytes(lines: readonly SegmentLine[]): Buffer {
  return Buffer.concat(lines.map(lineBytes));
}

export function rawLine(bytes: Uint8Array | string): RawBytes {
  return { kind: 'raw', bytes: Buffer.from(bytes) };
}

export function lineHash(line: RecordLine): string {
  return recordHash(line.text);
}

/**
 * Reads a genuine segment back into lines, for tests that tamper with files they did not build. Throws on anything that
 * is neither a record with a number nor a note; a torn end becomes raw bytes.
 */
export function splitSegment(bytes: Uint8Array): SegmentLine[] {
  const buffer = Buffer.from(bytes);
  const lines: SegmentLine[] = [];
  let start = 0;
  while (start < buffer.length) {
    const end = buffer.indexOf(LINE_FEED, start);
    if (end === -1) {
      lines.push(rawLine(buffer.subarray(start)));
      break;
    }
    lines.push(readLine(buffer.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

function readLine(bytes: Buffer): RecordLine | NoteLine {
  const text = bytes.toString('utf8');
  if (text.startsWith('{"note":')) {
    const note = parseNoteLine(bytes);
    return { kind: 'note', size: parseCheckpoint(parseNote(note).text).size, note, text };
  }
  const number = /"audit\.sequence\.number":\{"intValue":"(\d+)"\}/.exec(text)?.[1];
  if (number === undefined) {
    throw new TypeError('a segment line carries no sequence number');
  }
  return { kind: 'record', number: Number(number), text };
}
