// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { FileHandle } from 'node:fs/promises';
import { isNoteLine, parseCheckpoint, parseNote, parseNoteLine } from '@stepseal/core/format';
import { LineReader } from './line-reader.ts';

/** A note as far as delivery needs it: signatures are the verifier's business. */
export interface FoundNote {
  /** Number of the sealing record that it covers, with all before. */
  readonly size: number;
  readonly note: string;
}

/**
 * Finds the notes ahead of the records that they cover. A burst may put any number of records between a sealing record
 * and its note, so that whoever kept them until the note came would have to keep them all.
 */
export class NoteScanner {
  readonly #lines: LineReader;
  #found: FoundNote | undefined;

  constructor(handle: FileHandle, offset: number, end: number) {
    this.#lines = new LineReader(handle, offset, end);
  }

  /** The file is that long now. */
  grown(end: number): void {
    this.#lines.end = Math.max(this.#lines.end, end);
  }

  /** As {@link covering}, out of what was found so far. */
  known(number: number): FoundNote | undefined {
    return this.#found !== undefined && this.#found.size >= number ? this.#found : undefined;
  }

  /** The first note over the record, or undefined when none is in the file. Asked in order of number. */
  async covering(number: number): Promise<FoundNote | undefined> {
    const known = this.known(number);
    if (known !== undefined) return known;
    for (;;) {
      const line = this.#lines.next();
      if (line === undefined) {
        this.#lines.release();
        if (!(await this.#lines.fill())) return undefined;
        continue;
      }
      const found = isNoteLine(line) ? readNote(line) : undefined;
      if (found === undefined || found.size < number) continue;
      this.#found = found;
      return found;
    }
  }
}

/** @returns undefined for a line that is no note after all: damaged, or torn by a crash */
function readNote(line: Buffer): FoundNote | undefined {
  try {
    const note = parseNoteLine(line);
    return { size: parseCheckpoint(parseNote(note).text).size, note };
  } catch {
    return undefined;
  }
}
