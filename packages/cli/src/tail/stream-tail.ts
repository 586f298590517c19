// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, parseCheckpoint, parseNote, parseNoteLine } from '@stepseal/core/format';
import {
  ATTR_STEPSEAL_PREDECESSOR_NUMBER,
  ATTR_STEPSEAL_PREDECESSOR_STREAM_ID,
  EVENT_STEPSEAL_STREAM_CLOSE,
  EVENT_STEPSEAL_STREAM_OPEN,
} from '@stepseal/core/semconv';
import { toldRecord } from '../search/found-line.ts';
import { integer, type ToldRecord, text } from '../story/told-record.ts';
import { fileSize, wholeLines } from './whole-lines.ts';

/** What an open record says of the stream before it. */
export interface Predecessor {
  readonly streamId: string;
  /** The last record of it that this stream vouches for. */
  readonly number: number;
}

/** A record that was printed, or may be now. */
export interface TailedRecord extends ToldRecord {
  /** A note covers it, its own stream's or that of the one which goes on. No signature was checked. */
  readonly sealed: boolean;
}

/**
 * Follows one segment. A record is given when a note over it stands in the file, each once and in order; what comes in
 * between is read again from where it stopped, so that nothing has to be held however long a note is waited for.
 */
export class StreamTail {
  readonly streamId: string;
  readonly path: string;
  /** Number of the last record given. */
  given: number;
  /** The open record, once it is there. */
  predecessor: Predecessor | undefined;
  opened = false;
  /** The close record was given: nothing follows. */
  ended = false;
  #covered = 0;
  #last: number | undefined;
  #scanned = 0;
  #resume = 0;

  constructor(path: string, streamId: string, given: number) {
    this.path = path;
    this.streamId = streamId;
    this.given = given;
  }

  /** Looks for notes behind what was seen. False where the file has become shorter, and so is another one. */
  look(): boolean {
    const size = fileSize(this.path);
    if (size === undefined || size === this.#scanned) return true;
    if (size < this.#scanned) return false;
    for (const { bytes, end } of wholeLines(this.path, this.#scanned)) {
      this.#scanned = end;
      if (isNoteLine(bytes)) this.cover(sizeOfNote(bytes));
      else if (!this.opened) this.#open(bytes);
    }
    return true;
  }

  /** A note vouches for records up to this number. */
  cover(number: number): void {
    if (number > this.#covered) this.#covered = number;
  }

  /** The stream that goes on vouches for records up to this number; what may stand behind it is of no stream. */
  endAt(number: number): void {
    this.cover(number);
    this.#last = number;
    if (this.given >= number) this.ended = true;
  }

  /** Starts behind what notes cover by now, or behind all that is there. */
  skip(unsealed: boolean): void {
    this.given = Math.max(this.given, this.#covered);
    if (unsealed) for (const { number } of this.take(true)) this.given = number;
  }

  /**
   * Whether the file holds fewer records than its reader says to have; then it goes on behind the last one that is there,
   * or it would be silent until the number is reached.
   */
  isBehindReader(): boolean {
    if (this.given <= this.#covered) return false;
    let last = 0;
    for (const { bytes } of wholeLines(this.path, 0)) last = Math.max(last, toldRecord(bytes)?.number ?? 0);
    if (last >= this.given) return false;
    this.given = last;
    return true;
  }

  get covered(): number {
    return this.#covered;
  }

  /** Records up to the last note, or all that are there. */
  *take(unsealed: boolean): Generator<TailedRecord> {
    if (!unsealed && this.#covered <= this.given) return;
    for (const { bytes, end } of wholeLines(this.path, this.#resume)) {
      const record = isNoteLine(bytes) ? undefined : toldRecord(bytes);
      if (record !== undefined && record.number > this.#covered && !unsealed) return;
      this.#resume = end;
      if (record === undefined || record.number <= this.given) continue;
      this.given = record.number;
      if (record.eventName === EVENT_STEPSEAL_STREAM_CLOSE || record.number === this.#last) this.ended = true;
      yield { ...record, sealed: record.number <= this.#covered };
    }
  }

  #open(bytes: Buffer): void {
    const record = toldRecord(bytes);
    if (record?.eventName !== EVENT_STEPSEAL_STREAM_OPEN) return;
    this.opened = true;
    this.predecessor = predecessorOf(record);
  }
}

/** What an open record says of the stream before its own. */
export function predecessorOf(record: ToldRecord): Predecessor | undefined {
  const streamId = text(record, ATTR_STEPSEAL_PREDECESSOR_STREAM_ID);
  const number = integer(record, ATTR_STEPSEAL_PREDECESSOR_NUMBER);
  return streamId === undefined ? undefined : { streamId, number: number ?? 0 };
}

function sizeOfNote(line: Buffer): number {
  try {
    return parseCheckpoint(parseNote(parseNoteLine(line)).text).size;
  } catch {
    return 0;
  }
}
