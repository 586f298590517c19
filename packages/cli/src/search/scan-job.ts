// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Segment, VerifierError } from '@stepseal/verifier';
import { type IdColumns, IdTable } from './id-table.ts';
import { ID_SEED, idBehindSeed, idStart, textEnd } from './line-bytes.ts';
import { type LineHit, type LineTerm, meets, scanSegment, type TimeWindow } from './scan-segment.ts';

/** What to look for in every segment. */
export type ScanJob =
  /** Which step-ups met which term. */
  | {
      readonly kind: 'step-ups';
      readonly terms: readonly LineTerm[];
      readonly window?: TimeWindow;
      readonly seed: number;
    }
  /** The lines that meet all terms. */
  | { readonly kind: 'lines'; readonly terms: readonly LineTerm[]; readonly window?: TimeWindow }
  /** The lines of these step-ups. */
  | { readonly kind: 'ids'; readonly ids: IdColumns; readonly seed: number };

/** Lines that were found, in parallel columns. */
export interface LineColumns {
  /** Index of the segment. */
  readonly segment: Float64Array<ArrayBuffer>;
  readonly offset: Float64Array<ArrayBuffer>;
  readonly length: Float64Array<ArrayBuffer>;
  readonly timeMs: Float64Array<ArrayBuffer>;
}

export interface ScanResult {
  readonly ids: IdColumns;
  readonly lines: LineColumns;
  /** Lines that met all terms and belong to no step-up. */
  readonly loose: number;
  readonly bytes: number;
  /** Segments that could not be read, by index, with the reason. */
  readonly unreadable: readonly { readonly segment: number; readonly reason: string }[];
}

/** Every line that belongs to a step-up. */
export const OF_STEP_UPS: LineTerm = { alternatives: [[ID_SEED]], inValues: false, inWindow: true };

/** Runs a job over one segment after another; each thread has its own. */
export class Scan {
  readonly #job: ScanJob;
  readonly #ids: IdTable;
  readonly #segments: number[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #times: number[] = [];
  readonly #unreadable: { segment: number; reason: string }[] = [];
  #loose = 0;
  #bytes = 0;

  constructor(job: ScanJob) {
    this.#job = job;
    this.#ids = new IdTable(job.kind === 'lines' ? 0 : job.seed);
    if (job.kind === 'ids') this.#ids.merge(job.ids);
  }

  add(segment: Segment, index: number): void {
    try {
      const reader = segment.open();
      try {
        this.#bytes += this.#run(reader, index);
      } finally {
        reader.close();
      }
    } catch (error) {
      if (!(error instanceof VerifierError)) throw error;
      this.#unreadable.push({ segment: index, reason: error.message });
    }
  }

  result(): ScanResult {
    return {
      ids: this.#job.kind === 'step-ups' ? this.#ids.rows() : new IdTable(0).rows(),
      lines: {
        segment: Float64Array.from(this.#segments),
        offset: Float64Array.from(this.#offsets),
        length: Float64Array.from(this.#lengths),
        timeMs: Float64Array.from(this.#times),
      },
      loose: this.#loose,
      bytes: this.#bytes,
      unreadable: this.#unreadable,
    };
  }

  #run(reader: Parameters<typeof scanSegment>[0], index: number): number {
    const job = this.#job;
    if (job.kind === 'ids') {
      const wanted = (bytes: Buffer, at: number): boolean => {
        const from = idBehindSeed(bytes, at);
        return from !== -1 && this.#ids.has(bytes, from, textEnd(bytes, from));
      };
      const take: LineHit = (_, start, end, { offset, timeMs }) => this.#take(index, offset, end - start, timeMs);
      return scanSegment(reader, [OF_STEP_UPS], undefined, take, wanted);
    }
    if (job.kind === 'lines') {
      const [first = OF_STEP_UPS, ...others] = job.terms;
      return scanSegment(reader, [first], job.window, (bytes, start, end, { offset, timeMs }) => {
        if (others.every((term) => meets(bytes, start, end, term))) this.#take(index, offset, end - start, timeMs);
      });
    }
    const { terms } = job;
    return scanSegment(reader, terms, job.window, (bytes, start, end, { timeMs, term }) => {
      const from = idStart(bytes, start, end);
      if (from !== -1) this.#ids.add(bytes, from, textEnd(bytes, from), 1 << term, timeMs);
      else if (term === 0 && terms.every((one) => meets(bytes, start, end, one))) this.#loose += 1;
    });
  }

  #take(segment: number, offset: number, length: number, timeMs: number): void {
    this.#segments.push(segment);
    this.#offsets.push(offset);
    this.#lengths.push(length);
    this.#times.push(timeMs);
  }
}
