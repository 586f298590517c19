// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isNoteLine, parseCheckpoint, parseNote, parseNoteLine, parsePayload } from '@stepseal/core/format';
import { EVENT_STEPSEAL_STREAM_CLOSE } from '@stepseal/core/semconv';

/** How a stream stands, read from the end of its file. Nothing of it is verified. */
export interface StreamEnd {
  /** Number of the last whole record; 0 when there is none. */
  readonly records: number;
  readonly lastRecordMs: number | undefined;
  /** Whether that record closes the stream. */
  readonly closes: boolean;
  /** Records under the last note; 0 when there is none in what was read. */
  readonly noteSize: number;
  /** Where the line of the last note ends, bytes from the start of the file. */
  readonly noteEnd: number;
  /** Time of the record that the last note signs. */
  readonly noteMs: number | undefined;
}

const SHORT_TAIL_BYTES = 256 << 10;
/** At most 256 records stand between two notes; a file whose end is longer than this is not one of ours. */
const TAIL_BYTES = 4 << 20;
const LINE_FEED = 0x0a;

/** Reads the last lines of a segment; undefined where it is gone, unreadable or no segment. Whoever writes it may lie. */
export function readStreamEnd(path: string): StreamEnd | undefined {
  const short = readPart(path, undefined, SHORT_TAIL_BYTES);
  const end = short && endOf(short);
  if (short === undefined || end === undefined || end.noteMs !== undefined) return end;
  const long = short.bytes.length < SHORT_TAIL_BYTES ? undefined : readPart(path, undefined, TAIL_BYTES);
  return long === undefined ? end : endOf(long);
}

function endOf({ bytes, from }: Part): StreamEnd {
  const end: { -readonly [K in keyof StreamEnd]: StreamEnd[K] } = {
    records: 0,
    lastRecordMs: undefined,
    closes: false,
    noteSize: 0,
    noteEnd: 0,
    noteMs: undefined,
  };
  for (const [line, after] of linesFromEnd(bytes)) {
    if (isNoteLine(line)) {
      if (end.noteSize === 0) [end.noteSize, end.noteEnd] = [noteSize(line), from + after];
    } else {
      const record = recordOf(line);
      if (record === undefined) continue;
      if (end.records === 0)
        [end.records, end.lastRecordMs, end.closes] = [record.number, record.timeMs, record.closes];
      if (end.noteSize > 0 && record.number <= end.noteSize) {
        end.noteMs = record.timeMs;
        break;
      }
    }
  }
  return end;
}

/** Time of the record whose line begins at `offset`; undefined where none does. */
export function timeOfRecordAt(path: string, offset: number): number | undefined {
  const bytes = readPart(path, offset, TAIL_BYTES)?.bytes;
  for (let start = 0; bytes !== undefined; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    if (feed === -1) return undefined;
    const record = recordOf(bytes.subarray(start, feed));
    if (record !== undefined) return record.timeMs;
    start = feed + 1;
  }
  return undefined;
}

interface Part {
  readonly bytes: Buffer;
  /** Where in the file they begin. */
  readonly from: number;
}

/** `limit` bytes from `offset`, or the last ones. */
function readPart(path: string, offset: number | undefined, limit: number): Part | undefined {
  let descriptor: number;
  try {
    // Whoever writes the directory may put a pipe there: opening it must not wait.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return undefined;
    const from = offset ?? Math.max(0, stat.size - limit);
    const bytes = Buffer.alloc(Math.max(0, Math.min(limit, stat.size - from)));
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, from + length);
      if (count === 0) break;
      length += count;
    }
    return { bytes: bytes.subarray(0, length), from };
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Whole lines, the last one first, and where each ends; what follows the last line feed is being written or torn. */
function* linesFromEnd(bytes: Buffer): Generator<[line: Buffer, after: number]> {
  for (let end = bytes.lastIndexOf(LINE_FEED); end > 0; ) {
    const before = bytes.lastIndexOf(LINE_FEED, end - 1);
    yield [bytes.subarray(before + 1, end), end + 1];
    end = before;
  }
}

function noteSize(line: Buffer): number {
  try {
    return parseCheckpoint(parseNote(parseNoteLine(line)).text).size;
  } catch {
    return 0;
  }
}

interface RecordFacts {
  readonly number: number;
  readonly timeMs: number | undefined;
  readonly closes: boolean;
}

function recordOf(line: Buffer): RecordFacts | undefined {
  try {
    const { attributes, timestamp, eventName } = parsePayload(line);
    const number = attributes.get('audit.sequence.number');
    if (number?.type !== 'int') return undefined;
    const timeMs = timestamp === undefined ? undefined : Number(timestamp / 1_000_000n);
    return { number: Number(number.value), timeMs, closes: eventName === EVENT_STEPSEAL_STREAM_CLOSE };
  } catch {
    return undefined;
  }
}
