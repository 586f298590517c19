// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, LIMITS, type Payload, parsePayload, recordHash } from '@stepseal/core/format';
import { type ParsedNoteLine, readNoteLine } from './note-check.ts';
import type { Segment } from './sources/source.ts';
import { type ChainFacts, chainFacts, timeMsOf } from './stream-facts.ts';

/** More than this is not read into memory for a closer look; a segment holds 64 MiB. */
const MAX_REGION_BYTES = 2 * LIMITS.segmentBytes;
/** A segment that its writer filled with nothing but smallest records has a quarter of these lines. */
const MAX_LINES = 1 << 19;
/** Each costs a signature check; a writer that seals every single record fills a segment with half of them. */
const MAX_NOTES = 1 << 17;
const LF = 0x0a;
const NOTE_START = Buffer.from('{"note":"');

interface Place {
  /** Position among the lines of the region. */
  readonly index: number;
  /** Byte offset in the segment. */
  readonly offset: number;
}

/** A well-formed record. Its content is whatever the writer of the file wants. */
export interface RecordItem extends Place, ChainFacts {
  readonly kind: 'record';
  readonly hash: string;
  /** The time that it states, ms since 1970. */
  readonly timeMs: number | undefined;
  /** Kept for the trail's own events only: the rest of a long region would not fit into memory. */
  readonly payload: Payload | undefined;
}

/** A note line of the exact form; its signatures are not yet checked. */
export interface NoteItem extends Place, ParsedNoteLine {
  readonly kind: 'note';
  /** True where it was found inside a line that as a whole is not well-formed. */
  readonly salvaged: boolean;
}

/** A line that is neither. */
export interface BadItem extends Place {
  readonly kind: 'bad';
  readonly reason: string;
  readonly bytes: Buffer;
  /** True for the last line where its line end is missing. */
  readonly unterminated: boolean;
}

export type Item = RecordItem | NoteItem | BadItem;

/** Everything from an offset of a segment to its end. */
export interface Region {
  readonly items: readonly Item[];
  /** Byte offset of the segment's end. */
  readonly end: number;
  /** True where the segment goes on behind what was read: no more than a bound is read into memory. */
  readonly tooLarge: boolean;
  readonly bytes: Buffer;
}

/** Reads and takes apart the lines of a segment from `offset` on. */
export function readRegion(segment: Segment, offset: number): Region {
  const { bytes, whole } = readBytes(segment, offset);
  const items: Item[] = [];
  let start = 0;
  let notes = 0;
  const fits = (): boolean => items.length < MAX_LINES && notes < MAX_NOTES;
  while (start < bytes.length && fits()) {
    const lf = bytes.indexOf(LF, start);
    const end = lf === -1 ? bytes.length : lf;
    if (lf === -1 && !whole) break;
    const line = bytes.subarray(start, end);
    const place = { index: items.length, offset: offset + start };
    if (lf === -1)
      items.push({ ...place, kind: 'bad', reason: 'the last line has no line end', bytes: line, unterminated: true });
    else items.push(readLine(line, place));
    const last = items.at(-1) as Item;
    if (last.kind === 'bad') {
      const note = salvageNote(line, { ...place, index: items.length });
      if (note !== undefined) items.push(note);
    }
    if (items.at(-1)?.kind === 'note') notes += 1;
    start = end + 1;
  }
  const read = Math.min(start, bytes.length);
  return { items, end: offset + read, tooLarge: !whole || read < bytes.length, bytes: bytes.subarray(0, read) };
}

function readBytes(segment: Segment, offset: number): { readonly bytes: Buffer; readonly whole: boolean } {
  const reader = segment.open();
  try {
    const parts: Buffer[] = [];
    let total = 0;
    for (;;) {
      const part = Buffer.allocUnsafe(1 << 16);
      const count = reader.read(part, 0, offset + total);
      if (count === 0 || total >= MAX_REGION_BYTES) return { bytes: Buffer.concat(parts, total), whole: count === 0 };
      parts.push(part.subarray(0, count));
      total += count;
    }
  } finally {
    reader.close();
  }
}

function readLine(line: Buffer, place: Place): Item {
  // An error costs more than a line feed: what is plainly no object is told without one.
  if (line[0] !== 0x7b || line.at(-1) !== 0x7d)
    return { ...place, kind: 'bad', reason: 'not a JSON object', bytes: line, unterminated: false };
  try {
    if (isNoteLine(line)) return { ...place, kind: 'note', salvaged: false, ...readNoteLine(line) };
    const payload = parsePayload(line);
    const own = payload.eventName?.startsWith('stepseal.') === true;
    return {
      ...place,
      kind: 'record',
      hash: recordHash(line),
      timeMs: timeMsOf(payload),
      payload: own ? payload : undefined,
      ...chainFacts(payload),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not readable';
    return { ...place, kind: 'bad', reason, bytes: line, unterminated: false };
  }
}

/**
 * A damaged line end joins a record and the note behind it to one line. The note still proves that what stands
 * before it was whole once: without it, damage to the last line end of a stream could pass for a torn write.
 */
function salvageNote(line: Buffer, place: Place): NoteItem | undefined {
  const at = line.indexOf(NOTE_START, 1);
  if (at === -1) return undefined;
  try {
    return { ...place, offset: place.offset + at, kind: 'note', salvaged: true, ...readNoteLine(line.subarray(at)) };
  } catch {
    return undefined;
  }
}
