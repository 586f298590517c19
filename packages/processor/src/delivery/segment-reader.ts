// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type FileHandle, open } from 'node:fs/promises';
import { isNoteLine, recordHash } from '@stepseal/core/format';
import { READ_FLAGS } from '../file-system.ts';
import type { DeliverableRecord } from '../otlp/logs-encoding.ts';
import { readSignatures } from '../record-signature-file.ts';
import { LineReader } from './line-reader.ts';
import { type FoundNote, NoteScanner } from './note-scanner.ts';

/** A record with its place in the segment. */
export interface ReadRecord extends DeliverableRecord {
  /** End of its line in the file. */
  readonly end: number;
}

/** Place in a segment: so many records lie before this offset. */
export interface SegmentPosition {
  readonly number: number;
  readonly offset: number;
}

/** Records and payload bytes handed out at once; one record may be larger than the bytes. */
const MOST_RECORDS = 512;
const MOST_BYTES = 1024 * 1024;

/** Why a stream ended where it did, as the stream says that follows it. */
export interface Adoption {
  /** Last record that belongs to the stream. */
  readonly number: number;
  /** The file was given up: what follows that record came again in the next stream, under the same ids. */
  readonly abandoned: boolean;
}

/**
 * The records of one segment that may leave: those that a note covers, and behind the last note those that the stream's
 * successor names. Numbers are counted, not read: records and notes take turns as they were written.
 *
 * Bound: two chunks of lines and one batch, with the notes of its sealing records.
 */
export class SegmentReader {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #lines: LineReader;
  readonly #notes: NoteScanner;
  #number: number;

  private constructor(path: string, handle: FileHandle, at: SegmentPosition, end: number) {
    this.#path = path;
    this.#handle = handle;
    this.#number = at.number;
    this.#lines = new LineReader(handle, at.offset, end);
    this.#notes = new NoteScanner(handle, at.offset, end);
  }

  /**
   * Opens the segment behind its first `number` records. The offset of a cursor is not believed: the lines are counted
   * once more. A segment with fewer records is read from its start.
   *
   * @throws what the file system throws
   */
  static async open(path: string, number: number): Promise<SegmentReader> {
    const handle = await open(path, READ_FLAGS);
    try {
      const { size } = await handle.stat();
      return new SegmentReader(path, handle, await skip(handle, size, number), size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Place behind the last record that {@link read} gave. */
  get position(): SegmentPosition {
    return { number: this.#number, offset: this.#lines.offset };
  }

  /** The file is that long now. */
  grown(bytes: number): void {
    this.#lines.end = Math.max(this.#lines.end, bytes);
    this.#notes.grown(bytes);
  }

  /** The next records, in order, valid until the next call; none when nothing more may leave by now. @throws what the file system throws */
  async read(adoption: Adoption | undefined): Promise<ReadRecord[]> {
    this.#lines.release();
    const records: ReadRecord[] = [];
    let bytes = 0;
    while (records.length < MOST_RECORDS && bytes < MOST_BYTES) {
      const number = this.#number + 1;
      const note = this.#notes.known(number) ?? (await this.#notes.covering(number));
      if (!mayLeave(number, note, adoption)) break;
      const payload = this.#recordAtHand() ?? (await this.#nextRecord());
      if (payload === undefined) break;
      this.#number = number;
      bytes += payload.length;
      records.push({
        payload,
        hash: recordHash(payload),
        number,
        end: this.#lines.offset,
        ...(note === undefined ? {} : { seal: note.size }),
        ...(note?.size === number ? { note: note.note } : {}),
      });
    }
    return this.#signed(records);
  }

  /** With the signatures that lie beside the segment, if there are any. */
  async #signed(records: ReadRecord[]): Promise<ReadRecord[]> {
    const signatures = await readSignatures(this.#path, records[0]?.number ?? 1, records.length);
    if (signatures === undefined) return records;
    return records.map((record, index) => {
      const signature = signatures[index];
      return signature === undefined ? record : { ...record, signature };
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #recordAtHand(): Buffer | undefined {
    let line = this.#lines.next();
    while (line !== undefined && isNoteLine(line)) line = this.#lines.next();
    return line;
  }

  async #nextRecord(): Promise<Buffer | undefined> {
    while (await this.#lines.fill()) {
      const record = this.#recordAtHand();
      if (record !== undefined) return record;
    }
    return undefined;
  }
}

function mayLeave(number: number, note: FoundNote | undefined, adoption: Adoption | undefined): boolean {
  if (adoption === undefined) return note !== undefined;
  return number <= adoption.number || (note !== undefined && !adoption.abandoned);
}

async function skip(handle: FileHandle, size: number, number: number): Promise<SegmentPosition> {
  const start = { number: 0, offset: 0 };
  if (number === 0) return start;
  const lines = new LineReader(handle, 0, size);
  let seen = 0;
  for (;;) {
    const line = lines.next();
    if (line === undefined) {
      lines.release();
      if (!(await lines.fill())) return start;
    } else if (!isNoteLine(line) && ++seen === number) return { number, offset: lines.offset };
  }
}
