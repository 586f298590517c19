// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type EventRecord, noteLine, type Payload } from '@stepseal/core/format';
import { chainPayload } from './chain-payload.ts';
import type { Clock } from './clock.ts';
import type { GapTally } from './gap-tally.ts';
import type { Signer } from './keys/signer.ts';
import { noteText, type PendingNote, signNote, signNoteNow } from './note-signing.ts';
import { rechain } from './rechain.ts';
import type { RecordIds } from './record-id.ts';
import type { SegmentWriter } from './segment-writer.ts';
import type { ChainPosition, Stream } from './stream.ts';
import { closeEvent, gapEvent, type NextStream, sealEvent } from './stream-events.ts';
import type { StreamKey } from './stream-key.ts';

/** What the sealer tells the writer. */
export interface SealerEvents {
  /** The note over the records up to `size`, whose tree has that root, is in the file. */
  noteWritten(stream: Stream, size: number, fileBytes: number, root: string): void;
  /** An append or fdatasync outside a call of the writer failed. */
  failed(error: unknown): void;
  /** An open note could not be signed. */
  signerFailed(error: unknown): void;
}

export interface SealerParts {
  readonly stream: Stream;
  readonly segment: SegmentWriter;
  readonly streamKey: StreamKey;
  /** Signers of the open note, in the order of its signature lines. */
  readonly openSigners: readonly Signer[];
  readonly gaps: GapTally;
  readonly ids: RecordIds;
  readonly clock: Clock;
  readonly events: SealerEvents;
}

/** Room one note takes at most: two signatures under a name of 255 characters. */
const NOTE_BYTES = 1_024;

/** Somebody who waits for a record to be durable. */
export interface Committer {
  readonly number: number;
  settle(durable: boolean): void;
}

/**
 * Seals one stream: records, sealing records, group commit, notes (docs/spec, "Order of writing"). One fdatasync and one
 * signature are under way at most, so that notes come in order of size.
 *
 * Calls that write throw what the segment throws; what a throwing call was given is then not in the file.
 */
export class Sealer {
  readonly stream: Stream;
  readonly segment: SegmentWriter;
  /** Records since the last sealing record. */
  uncovered = 0;
  readonly #parts: SealerParts;
  readonly #notes: PendingNote[] = [];
  /** The line of the first pending note, once signed, until it is in the file. */
  #signedLine: string | undefined;
  #signing = false;
  #syncing = false;
  #syncTarget: ChainPosition | undefined;
  #synced: ChainPosition | undefined;
  #closing = false;
  #ended = false;
  #committers: Committer[] = [];

  constructor(parts: SealerParts) {
    this.stream = parts.stream;
    this.segment = parts.segment;
    this.#parts = parts;
  }

  /** Last record that survives a power cut. */
  get synced(): ChainPosition | undefined {
    return this.#synced;
  }

  /** The close record is in the file: nothing more goes into this stream. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Bytes of the segment once every note that is still to come is in it. */
  get bytes(): number {
    return this.segment.bytes + this.#notes.length * NOTE_BYTES;
  }

  /** Size of the last note that is to come, 0 when none is. */
  get awaitedNote(): number {
    return this.#notes.at(-1)?.size ?? 0;
  }

  open(record: EventRecord): void {
    this.append(record);
    this.#expectNote();
    this.#requestSync();
  }

  append(record: EventRecord): void {
    this.#write(this.stream.encode(record, this.#parts.ids.next()));
  }

  /** A record that is no registry event. @throws FormatError when its content cannot be encoded */
  appendForeign(payload: Payload): void {
    this.#write(chainPayload(payload, this.stream.next(this.#parts.ids.next())));
  }

  /** A record that waited in memory or was not durable in another file. */
  appendAgain(payload: string): void {
    this.#write(rechain(payload, (recordId) => this.stream.next(recordId)));
  }

  /** Declares losses, covers all records so far, and starts what makes the note. */
  seal(): void {
    this.#declareGaps();
    this.append(sealEvent(this.#parts.clock, this.stream.refusedTotal));
    this.#expectNote();
    this.#requestSync();
  }

  /** Tells when everything appended so far is durable; false when this file never will be. */
  commit(): Promise<boolean> {
    const number = this.stream.number;
    if (this.#synced !== undefined && this.#synced.number >= number) return Promise.resolve(true);
    return new Promise((settle) => {
      this.#committers.push({ number, settle });
      this.#requestSync();
    });
  }

  /** Starts again what a failure stopped: a signed note that did not fit, or an open note that was not signed. */
  resume(): void {
    if (this.#signedLine !== undefined) this.#writeNote(this.#signedLine);
    if (this.#synced?.number !== this.stream.number) this.#requestSync();
    this.#signNext();
  }

  /**
   * Ends the stream before it returns: close record, fdatasync, every outstanding note. After a failure it may be called
   * again and goes on where it stopped.
   *
   * @returns false when the open note waits for a signer that cannot sign at once: the stream then stays open
   */
  closeNow(next?: NextStream): boolean {
    if (this.#ended) return true;
    if (!this.canClose()) return false;
    if (!this.#closing) {
      this.#declareGaps();
      const { clock, ids } = this.#parts;
      const record = closeEvent(clock, this.stream.refusedTotal, next);
      this.#write(this.stream.encodeLast(record, ids.next()));
      this.#closing = true;
      this.#expectNote();
    }
    this.segment.syncNow();
    this.#synced = this.stream.position;
    this.#settleCommitters(true);
    while (this.#notes.length > 0) this.#writeNote(this.#signedLine ?? this.#signNow());
    this.segment.syncNow();
    this.segment.finish();
    this.#ended = true;
    return true;
  }

  /** Whether every outstanding note can be signed at once. */
  canClose(): boolean {
    const first = this.#notes[0];
    if (first === undefined || first.size > 1 || this.#signedLine !== undefined) return true;
    return this.#parts.openSigners.every((signer) => signer.signSync !== undefined);
  }

  /** Makes what is written durable before it returns, without ending anything. */
  syncNow(): void {
    if (this.#ended) return;
    const position = this.stream.position;
    this.segment.syncNow();
    this.#synced = position;
    this.#settleCommitters(true);
  }

  /** Stops: this file gets nothing more, and results under way mean nothing. @returns those who wait for a commit */
  abandon(): readonly Committer[] {
    this.#ended = true;
    this.segment.abandon();
    return this.#committers.splice(0);
  }

  /** Takes over those who waited for records that are in this stream now. */
  adoptCommitters(committers: readonly Committer[]): void {
    const number = this.stream.number;
    for (const { settle } of committers) this.#committers.push({ number, settle });
    if (committers.length > 0) this.#requestSync();
  }

  #write(payload: string): void {
    this.segment.appendLine(payload);
    this.stream.accept(payload);
    this.uncovered++;
  }

  #declareGaps(): void {
    const { gaps, clock } = this.#parts;
    for (let gap = gaps.first(); gap !== undefined; gap = gaps.first()) {
      this.append(gapEvent(clock, gap));
      this.stream.refusedTotal += gap.count;
      gaps.declared(gap.cause);
    }
  }

  #expectNote(): void {
    this.#notes.push({ size: this.stream.number, root: this.stream.tree.root() });
    this.uncovered = 0;
  }

  /**
   * Begins an fdatasync when this turn's promises are done. Those whom the last one released commit again in the same turn,
   * and one that began with the first of them would leave the others to the next.
   */
  #requestSync(): void {
    if (this.#syncing || this.#ended) return;
    this.#syncing = true;
    // A tick queued by a microtask runs after all microtasks.
    queueMicrotask(this.#queueSync);
  }

  readonly #queueSync = (): void => {
    process.nextTick(this.#beginSync);
  };

  readonly #beginSync = (): void => {
    if (this.#ended) return;
    this.#syncTarget = this.stream.position;
    this.segment.sync(this.#onSync);
  };

  readonly #onSync = (error: Error | null): void => {
    this.#syncing = false;
    if (this.#ended) return;
    if (error !== null) {
      this.#parts.events.failed(error);
      return;
    }
    this.#synced = this.#syncTarget;
    this.#settleCommitters(false);
    this.#signNext();
    const last = this.#notes.at(-1);
    if (this.#committers.length > 0 || (last !== undefined && last.size > (this.#synced?.number ?? 0))) {
      this.#requestSync();
    }
  };

  #settleCommitters(all: boolean): void {
    const durable = all ? Number.POSITIVE_INFINITY : (this.#synced?.number ?? 0);
    let settled = 0;
    for (const committer of this.#committers) {
      if (committer.number > durable) break;
      committer.settle(true);
      settled++;
    }
    if (settled > 0) this.#committers.splice(0, settled);
  }

  #signNext(): void {
    const note = this.#notes[0];
    if (note === undefined || this.#signing || this.#closing || this.#ended || this.#signedLine !== undefined) return;
    if (note.size > (this.#synced?.number ?? 0)) return;
    this.#signing = true;
    signNote(this.#text(note), this.#signersOf(note)).then(this.#onSigned, this.#onSignerFailed);
  }

  readonly #onSigned = (note: string): void => {
    this.#signing = false;
    if (this.#closing || this.#ended) return;
    try {
      this.#writeNote(noteLine(note));
    } catch (error) {
      this.#parts.events.failed(error);
      return;
    }
    this.#signNext();
  };

  readonly #onSignerFailed = (error: unknown): void => {
    this.#signing = false;
    if (!this.#closing && !this.#ended) this.#parts.events.signerFailed(error);
  };

  #signNow(): string {
    const note = this.#notes[0] as PendingNote;
    return noteLine(signNoteNow(this.#text(note), this.#signersOf(note)) as string);
  }

  #writeNote(line: string): void {
    this.#signedLine = line;
    this.segment.appendLine(line);
    this.#signedLine = undefined;
    const note = this.#notes.shift() as PendingNote;
    this.#parts.events.noteWritten(this.stream, note.size, this.segment.bytes, note.root);
  }

  #text(note: PendingNote): string {
    return noteText(this.stream.deployment, this.stream.id, note);
  }

  #signersOf(note: PendingNote): readonly Signer[] {
    return note.size === 1 ? this.#parts.openSigners : [this.#parts.streamKey];
  }
}
