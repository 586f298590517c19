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
  /** The one that a document was last taken of. */
  stream = '';
  private waiting: SealPointer[] = [];

  /** @returns those that this document shows to be wrong, with the number that is right */
  take(stream: string, pointer: SealPointer): readonly (SealPointer & { readonly right: number })[] {
    if (stream !== this.stream) this.waiting = [];
    this.stream = stream;
    if (this.waiting.length < MOST) this.waiting.push(pointer);
    if (!pointer.isSealing || !pointer.hasNote) return [];
    const { number: right } = pointer;
    const waiting = this.waiting;
    this.waiting = [];
    if (waiting.every(({ seal }) => seal === right)) return [];
    const others = numbersOfOthers(waiting);
    return waiting
      .filter(({ seal }) => seal !== right && !(typeof seal === 'number' && seal < right && !others.has(seal)))
      .map((wrong) => ({ ...wrong, right }));
  }

  /**
   * Those behind the last note of the stream taken last which, once a successor adopted them, are wrong: adopted records
   * point nowhere. But a note is not synced before records leave under it, and a power cut may take it while its sealing
   * record is still here; so what is not that record may point to it. To be called where a stream ends.
   */
  end(): readonly SealPointer[] {
    const { waiting } = this;
    this.waiting = [];
    const others = numbersOfOthers(waiting);
    let sealing = waiting.at(-1)?.number ?? 0;
    const wrong: SealPointer[] = [];
    for (const pointer of waiting.toReversed()) {
      const { number, seal, isSealing } = pointer;
      if (isSealing) sealing = number;
      if (seal === undefined) continue;
      const isLost = typeof seal === 'number' && seal > number && seal <= sealing && !others.has(seal);
      if (!isLost) wrong.push(pointer);
    }
    return wrong.reverse();
  }
}

/** Numbers of records that seal nothing. */
function numbersOfOthers(pointers: readonly SealPointer[]): ReadonlySet<number> {
  return new Set(pointers.filter(({ isSealing }) => !isSealing).map(({ number }) => number));
}
