// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type EventRecord, LIMITS, type Payload } from '@stepseal/core/format';
import { Backlog } from './backlog.ts';
import { Due } from './due.ts';
import { asSealingError, SealingError, type SealingErrorCode } from './errors.ts';
import { Flushers } from './flushers.ts';
import { openStream } from './open-stream.ts';
import { RecordIds } from './record-id.ts';
import { Retry } from './retry.ts';
import { gapCause } from './salvage.ts';
import { SealTally } from './seal-tally.ts';
import type { Committer, Sealer, SealerEvents } from './sealer.ts';
import { StreamAge } from './stream-age.ts';
import { Succession } from './succession.ts';
import type { WriterOptions, WriterProgress, WriterState } from './writer-options.ts';

/** Room left in a segment for one more event and the end of the stream. */
const CLOSING_BYTES = 2 * LIMITS.ownPayloadBytes;

/**
 * One thread's writer: its stream, the next one, and the records that wait while there is none. Nothing it does throws
 * into the application.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #ids: RecordIds;
  readonly #succession: Succession;
  readonly #backlog: Backlog;
  readonly #flushers = new Flushers();
  readonly #events: SealerEvents;
  #rollBytes: number;
  readonly #sealDue = new Due(() => this.#sealNow(false));
  readonly #heartbeat = new Due(() => this.#sealNow(true));
  readonly #retry = new Retry(() => this.#resume());
  readonly #tally = new SealTally();
  readonly #age: StreamAge;
  #state: WriterState = 'idle';
  #pid = process.pid;
  #sealer: Sealer | undefined;
  /** The sealer while the state is `open`: the one field the hot path looks at. */
  #live: Sealer | undefined;
  /** Those who wait for records that were in a file that was given up. */
  #committers: Committer[] = [];
  #resuming = false;
  #blockedBy: SealingErrorCode = 'NOT_WRITABLE';
  #emitted = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#age = new StreamAge(options.clock);
    this.#ids = new RecordIds(options.clock, options.random);
    this.#succession = new Succession(options, this.#ids);
    this.#backlog = new Backlog(options, this.#ids);
    this.#events = this.#sealerEvents();
    this.#rollBytes = this.#rollAt(CLOSING_BYTES);
  }

  /** What is being written, for people. */
  get progress(): WriterProgress {
    const sealer = this.#sealer;
    return {
      state: this.#state,
      ...(sealer === undefined ? {} : { streamId: sealer.stream.id, file: sealer.segment.path }),
      number: sealer?.stream.number ?? 0,
      uncovered: sealer?.uncovered ?? 0,
      waiting: this.#backlog.size,
      undeclared: this.#backlog.gaps.count,
      lost: this.#backlog.lost,
      emitted: this.#emitted,
      ...this.#tally.progress(sealer?.synced?.number ?? 0),
      ...(this.#state === 'blocked' ? { blockedBy: this.#blockedBy } : {}),
    };
  }

  /** Opens the first stream now. Failure leaves the writer blocked. */
  start(): void {
    if (this.#state === 'idle') this.#resume();
  }

  /** As {@link start}, for those who would rather not run than run unsealed. @throws SealingError */
  startOrThrow(): void {
    if (this.#state !== 'idle') return;
    try {
      this.#sealer = this.#openNext();
    } catch (error) {
      throw asSealingError(error, this.#options.dataDir);
    }
    this.#resume();
  }

  /** Seals a registry event. Its content is never a reason to refuse it. */
  emit(record: EventRecord): void {
    this.#emitted++;
    const sealer = this.#live;
    if (sealer === undefined || process.pid !== this.#pid) {
      this.#emitLater(record, undefined);
      return;
    }
    try {
      sealer.append(record);
    } catch (error) {
      this.#appendFailed(error, record, undefined);
      return;
    }
    this.#appended(sealer);
  }

  /** Seals another record; counted as refused if the format has no spelling for its content. */
  emitForeign(payload: Payload): void {
    this.#emitted++;
    const sealer = this.#live;
    if (sealer === undefined || process.pid !== this.#pid) {
      this.#emitLater(undefined, payload);
      return;
    }
    // From the first one on, room is left for the largest one.
    this.#rollBytes = this.#rollAt(CLOSING_BYTES + LIMITS.payloadBytes);
    try {
      sealer.appendForeign(payload);
    } catch (error) {
      this.#appendFailed(error, undefined, payload);
      return;
    }
    this.#appended(sealer);
  }

  /** Counts a record whose content has no place in the format, for a signed gap record. */
  refuse(eventName: string | undefined, cause?: unknown): void {
    this.#backlog.refuse(eventName, cause);
    if (!this.#sealDue.set) this.#sealDue.in(this.#options.seal.intervalMs);
  }

  /** Resolves when everything emitted so far survives a power cut; false when it will not, or not yet. */
  async commit(): Promise<boolean> {
    if (this.#live === undefined) this.#resume();
    return this.#live === undefined ? false : this.#live.commit();
  }

  /** Covers everything emitted so far with a note. Resolves when it is in the file, or cannot be. */
  async flush(): Promise<void> {
    if (this.#state === 'blocked') this.#resume();
    this.#cover();
    // What failed once and could be mended is tried once more.
    this.#cover();
    const sealer = this.#live;
    const size = sealer?.awaitedNote ?? 0;
    if (sealer === undefined || size === 0) return;
    await this.#flushers.wait(sealer.stream, size);
  }

  #cover(): void {
    const sealer = this.#live;
    if (sealer === undefined || (sealer.uncovered === 0 && this.#backlog.gaps.empty)) return;
    this.#attempt(() => this.#seal(sealer));
  }

  /** Makes everything written durable before it returns: a crash is near. */
  syncNow(): void {
    const sealer = this.#live;
    if (sealer !== undefined) this.#attempt(() => sealer.syncNow());
  }

  /**
   * Ends the stream before it returns and lets go of the directory. A record that comes later opens another stream.
   *
   * @returns false when something stays behind: a stream without its end, which the next process adopts
   */
  closeNow(): boolean {
    if (this.#state === 'blocked' || (this.#state === 'idle' && this.#backlog.size > 0)) this.#resume();
    // A file that is given up while it is closed has a successor, which has to be closed in its turn.
    const closed = this.#closeSealer() || this.#closeSealer();
    for (const due of [this.#sealDue, this.#heartbeat, this.#retry]) due.cancel();
    const waiting = this.#backlog.size;
    if (waiting > 0) {
      this.#options.report('RECORDS_LOST', `${waiting} records could not be written before the process ended`);
    }
    if (this.#state !== 'shut') this.#state = 'idle';
    this.#live = undefined;
    // Released, not only left by a process that is dead: from another container nobody could tell.
    if (closed) this.#succession.release();
    return closed;
  }

  /** As {@link closeNow}, for good: later records are only counted. */
  shutDown(): void {
    if (this.#state === 'shut') return;
    this.closeNow();
    this.#state = 'shut';
  }

  #emitLater(event: EventRecord | undefined, foreign: Payload | undefined): void {
    if (process.pid !== this.#pid && this.#state !== 'shut') this.#forgetParent();
    if (this.#state === 'shut') {
      this.#backlog.tooLate();
      return;
    }
    this.#hold(event, foreign);
    this.start();
  }

  #hold(event: EventRecord | undefined, foreign: Payload | undefined): void {
    this.#backlog.hold(event, foreign, this.#state === 'blocked' ? gapCause(this.#blockedBy) : 'overflow');
  }

  #appendFailed(error: unknown, event: EventRecord | undefined, foreign: Payload | undefined): void {
    if (!(error instanceof SealingError)) {
      // Not the file but the record: an object that throws when it is read, or content the format cannot spell.
      this.refuse((event ?? foreign)?.eventName, error);
      return;
    }
    this.#block(error);
    this.#hold(event, foreign);
    this.#resume();
  }

  #appended(sealer: Sealer): void {
    if (sealer.uncovered >= this.#options.seal.maxRecords) this.#attempt(() => this.#seal(sealer));
    else if (!this.#sealDue.set) this.#sealDue.in(this.#options.seal.intervalMs);
    if (sealer.bytes > this.#rollBytes) this.#attempt(() => this.#roll());
  }

  #rollAt(room: number): number {
    const { maxBytes } = this.#options.roll;
    return maxBytes - Math.min(room, maxBytes / 4);
  }

  #seal(sealer: Sealer): void {
    sealer.seal();
    this.#tally.sealed(this.#options.clock.wallMs());
    this.#heartbeat.in(this.#options.seal.heartbeatMs);
  }

  #sealNow(idle: boolean): void {
    const sealer = this.#live;
    if (sealer === undefined) return;
    if (this.#succession.displaced()) this.#moveOut(sealer);
    this.#attempt(() => {
      if (this.#live !== sealer) return;
      if (idle || sealer.uncovered > 0 || !this.#backlog.gaps.empty) this.#seal(sealer);
      if (this.#age.isOver(this.#options.roll.maxAgeMs)) this.#roll();
    });
  }

  /** Runs what writes on its own account; failure blocks the writer instead of reaching the caller. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#block(error);
    // At once: a file that was given up has a successor, and one that had no room may have it again.
    this.#resume();
  }

  #block(error: unknown): void {
    const { code, message } = asSealingError(error, this.#options.dataDir);
    this.#options.report(code, `${message}; records wait in memory`, error);
    this.#live = undefined;
    this.#state = 'blocked';
    this.#blockedBy = code;
    const sealer = this.#sealer;
    if (sealer?.segment.abandoned) this.#giveUp(sealer);
    this.#flushers.releaseAll();
  }

  /** A successor has named this stream's end, so that nothing may be added to it. What it may not have seen comes again. */
  #moveOut(sealer: Sealer): void {
    this.#block(new SealingError('DISPLACED', `another process has taken over ${sealer.segment.path}`));
    this.#giveUp(sealer);
    this.#succession.forget();
    this.#resume();
  }

  /** Takes from a file that cannot be trusted any more what must come again (docs/spec, "Write errors"). */
  #giveUp(sealer: Sealer): void {
    this.#committers.push(...sealer.abandon());
    this.#backlog.take(sealer);
    this.#succession.gaveUp(sealer);
    this.#tally.ended(sealer.synced?.number ?? 0);
    this.#sealer = undefined;
  }

  /** Goes on where a failure, or nothing yet, stopped: opens a stream if need be and writes what waits, in order. */
  #resume(): void {
    if (this.#resuming || this.#state === 'shut' || this.#options.buildingSnapshot()) return;
    this.#resuming = true;
    if (process.pid !== this.#pid) this.#forgetParent();
    try {
      if (this.#sealer?.closing) this.#finishRoll(this.#sealer);
      const sealer = this.#sealer ?? this.#openNext();
      this.#sealer = sealer;
      this.#backlog.drainInto(sealer, () => {
        if (sealer.uncovered >= this.#options.seal.maxRecords) this.#seal(sealer);
      });
      sealer.adoptCommitters(this.#committers.splice(0));
      if (!this.#backlog.gaps.empty) this.#seal(sealer);
      sealer.resume();
      this.#live = sealer;
      this.#state = 'open';
      this.#retry.succeeded();
      if (sealer.uncovered > 0) this.#sealDue.in(this.#options.seal.intervalMs);
    } catch (error) {
      this.#block(error);
      for (const { settle } of this.#committers.splice(0)) settle(false);
      this.#retry.later();
    } finally {
      this.#resuming = false;
    }
  }

  #openNext(): Sealer {
    const { delivery, recordSignatures } = this.#options;
    const next = this.#succession.next();
    let sealer: Sealer;
    try {
      sealer = openStream(next, {
        options: this.#options,
        gaps: this.#backlog.gaps,
        ids: this.#ids,
        events: this.#events,
      });
    } catch (error) {
      this.#succession.miscarried(next.segment);
      throw error;
    }
    delivery?.opened(next.id, next.segment.path);
    recordSignatures?.opened(next.id, next.segment.path, next.key.privateKey);
    this.#tally.sealed(this.#age.begin());
    this.#heartbeat.in(this.#options.seal.heartbeatMs);
    return sealer;
  }

  #sealerEvents(): SealerEvents {
    return {
      noteWritten: (stream, size, fileBytes, root) => {
        const { delivery, recordSignatures } = this.#options;
        const deliver = (): void => delivery?.noteWritten(stream.id, size, fileBytes);
        // Records leave with their signatures.
        if (recordSignatures === undefined) deliver();
        else recordSignatures.noteWritten(stream.id, size, root, deliver);
        this.#flushers.noted(stream, size);
        this.#tally.noted(stream, size, this.#options.clock.wallMs());
      },
      failed: (error) => this.#failed(error),
      signerFailed: (error) => {
        const message = 'the identity did not sign the open note; it is asked again';
        this.#options.report('SIGNER_FAILED', message, error);
        this.#flushers.releaseAll();
        this.#retry.later();
      },
    };
  }

  #roll(): void {
    const sealer = this.#sealer;
    // An open note that waits for a signer far away cannot be hurried: the stream goes on.
    if (sealer === undefined || !sealer.canClose()) return;
    this.#finishRoll(sealer);
    this.#sealer = this.#openNext();
    this.#live = this.#sealer;
  }

  /** Closes the stream and promises the next one. Waits for the disk: once in 64 MiB, or a day. */
  #finishRoll(sealer: Sealer): void {
    sealer.closeNow(this.#succession.promise(sealer.closing));
    this.#succession.rolled(sealer);
    this.#tally.ended(sealer.stream.number);
    this.#sealer = undefined;
    this.#live = undefined;
  }

  #closeSealer(): boolean {
    const sealer = this.#sealer;
    if (sealer === undefined) return true;
    try {
      if (sealer.closing) {
        // Half of a roll is in the file: what it promised has to come.
        this.#finishRoll(sealer);
        this.#resume();
        return false;
      }
      if (!sealer.closeNow()) {
        sealer.syncNow();
        return false;
      }
      this.#succession.closed(sealer);
      this.#tally.ended(sealer.stream.number);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#sealer = undefined;
    this.#live = undefined;
    this.#flushers.releaseAll();
    return true;
  }

  /** This process began as a copy of another one, whose stream, directory and descriptors are not ours. */
  #forgetParent(): void {
    this.#pid = process.pid;
    this.#succession.forget();
    this.#sealer = undefined;
    this.#live = undefined;
    this.#state = 'idle';
  }
}
