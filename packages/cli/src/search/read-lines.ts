// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Segment, SegmentReader } from '@stepseal/verifier';
import { VerifierError } from '@stepseal/verifier';
import { type FoundLine, toldRecord } from './found-line.ts';
import type { LineColumns } from './scan-job.ts';

/** Files held open at a time: a data directory may hold more than a process may open. */
const MOST_OPEN = 64;

/**
 * Reads lines again by their place and parses them, in the order given. A file may be gone by now, or changed: what is no
 * longer a record there is passed over and counted.
 */
export class LineReader {
  missing = 0;
  readonly #segments: readonly Segment[];
  readonly #open = new Map<number, SegmentReader>();

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  *read(lines: LineColumns, order: Iterable<number>): Generator<FoundLine> {
    for (const at of order) {
      const found = this.#one(lines.segment[at] ?? 0, lines.offset[at] ?? 0, lines.length[at] ?? 0);
      if (found === undefined) this.missing += 1;
      else yield found;
    }
  }

  close(): void {
    for (const reader of this.#open.values()) reader.close();
    this.#open.clear();
  }

  #one(segment: number, offset: number, length: number): FoundLine | undefined {
    try {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const count = this.#reader(segment).read(bytes, at, offset + at);
        if (count === 0) return undefined;
        at += count;
      }
      const record = toldRecord(bytes);
      return record && { bytes, record };
    } catch (error) {
      if (error instanceof VerifierError) return undefined;
      throw error;
    }
  }

  #reader(index: number): SegmentReader {
    const open = this.#open.get(index);
    if (open !== undefined) return open;
    if (this.#open.size >= MOST_OPEN) this.close();
    const reader = (this.#segments[index] as Segment).open();
    this.#open.set(index, reader);
    return reader;
  }
}
