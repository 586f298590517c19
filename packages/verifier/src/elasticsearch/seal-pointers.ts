// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A document as far as its `audit.integrity.seal` is concerned. */
export interface SealPointer {
  readonly id: string;
  readonly index: string;
  readonly number: number;
  /** What it says; undefined where it says nothing. */
  readonly seal: unknown;
  readonly isSealing: boolean;
  readonly hasNote: boolean;
}

/** Records between two notes are a few hundred; whoever may write to the index may add others. */
const MOST = 1 << 14;

/**
 * Tells which documents point to a sealing record whose note does not cover them first, of documents in order of stream
 * and number. Where the sealing record itself is not there, or its note, that is told elsewhere and nothing is told here.
 */
export class SealPointers {
  private stream = '';
  private waiting: SealPointer[] = [];

  /** @returns those that this document shows to be wrong, with the number that is right */
  take(stream: string, pointer: SealPointer): readonly (SealPointer & { readonly right: number })[] {
    // Behind the last note of a stream are adopted records, which point nowhere.
    if (stream !== this.stream) this.waiting = [];
    this.stream = stream;
    if (this.waiting.length < MOST) this.waiting.push(pointer);
    if (!pointer.isSealing || !pointer.hasNote) return [];
    const { number: right } = pointer;
    const waiting = this.waiting;
    this.waiting = [];
    if (waiting.every(({ seal }) => seal === right)) return [];
    const others = new Set(waiting.filter(({ isSealing }) => !isSealing).map(({ number }) => number));
    return waiting
      .filter(({ seal }) => seal !== right && !(typeof seal === 'number' && seal < right && !others.has(seal)))
      .map((wrong) => ({ ...wrong, right }));
  }
}
