// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { WriterProgress } from './writer-options.ts';

/** How much has been sealed and made durable since the start, over all streams, and when last. For people. */
export class SealTally {
  #sealed = 0;
  /** Durable records of streams that have ended. */
  #acknowledged = 0;
  /** The newest note: its stream and size. */
  #noted: { readonly stream: unknown; readonly size: number } = { stream: undefined, size: 0 };
  #lastSealMs: number | undefined;
  #lastNoteMs: number | undefined;

  /** A sealing record was written. */
  sealed(wallMs: number): void {
    this.#lastSealMs = wallMs;
  }

  /** A note over the stream's first `size` records is in the file. */
  noted(stream: unknown, size: number, wallMs: number): void {
    const before = this.#noted.stream === stream ? this.#noted.size : 0;
    this.#sealed += size - before;
    this.#noted = { stream, size };
    this.#lastNoteMs = wallMs;
  }

  /** A stream has ended with so many durable records. */
  ended(records: number): void {
    this.#acknowledged += records;
  }

  /** @param synced durable records of the stream that is open */
  progress(synced: number): Pick<WriterProgress, 'sealed' | 'acknowledged' | 'lastSealMs' | 'lastNoteMs'> {
    return {
      sealed: this.#sealed,
      acknowledged: this.#acknowledged + synced,
      ...(this.#lastSealMs === undefined ? {} : { lastSealMs: this.#lastSealMs }),
      ...(this.#lastNoteMs === undefined ? {} : { lastNoteMs: this.#lastNoteMs }),
    };
  }
}
