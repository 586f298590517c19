// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type EventRecord, encodeEvent, FormatError, LIMITS, type Payload } from '@stepseal/core/format';
import { chainPayload } from './chain-payload.ts';
import { Due } from './due.ts';
import { fileErrorCode, SealingError, type SealingErrorCode, systemCode } from './errors.ts';
import { GapTally } from './gap-tally.ts';
import { placeholderChain } from './placeholder-chain.ts';
import { RecordIds } from './record-id.ts';
import { gapCause, salvage } from './salvage.ts';
import { type Committer, Sealer, type SealerEvents } from './sealer.ts';
import { Spool } from './spool.ts';
import { Stream } from './stream.ts';
import { openEvent } from './stream-events.ts';
import { type NewStream, Succession } from './succession.ts';
import type { WriterOptions, WriterProgress, WriterState } from './writer-options.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** Wall time may run away from monotonic time by this much before the stream is rolled. */
const CLOCK_JUMP_MS = 5_000;

/** Room left in a segment for one more event and the end of the stream. */
const CLOSING_BYTES = 2 * LIMITS.ownPayloadBytes;

interface Flusher {
  readonly sealer: Sealer;
  readonly size: number;
  done(): void;
}

/**
 * One thread's writer: its stream, the next one, and the records that wait while there is none. Nothing it does throws
 * into the application.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #ids: RecordIds;
  readonly #succession: Succession;
  readonly #gaps = new GapTally();
  readonly #spool: Spool;
  #rollBytes: number;
  readonly #sealDue = new Due(() => this.#sealNow(false));
  readonly #heartbeat = new Due(() => this.#sealNow(true));
  readonly #retryDue = new Due(() => this.#resume());
  #state: WriterState = 'idle';
  #pid = process.pid;
  #sealer: Sealer | undefined;
  /** The sealer while the state is `open`: the one field the hot path looks at. */
  #live: Sealer | undefined;
  /** Those who wait for records that were in a file that was given up. */
  #committers: Committer[] = [];
  #flushers: Flusher[] = [];
  #openedWallMs = 0;
  #openedMonotonicMs = 0;
  #retryMs = FIRST_RETRY_MS;
  #resuming = false;
  #blockedBy: SealingErrorCode = 'NOT_WRITABLE';
  #lost = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#ids = new RecordIds(options.clock, options.random);
    this.#succession = new Succession(options, this.#ids);
    this.#spool = new Spool(options.spool);
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
      waiting: this.#spool.size,
      undeclared: this.#gaps.count,
      lost: this.#lost,
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
    this.#options.report('RECORD_REFUSED', 'a record cannot be encoded; it is declared as a gap', cause);
    this.#gaps.add('refused', eventName, this.#options.clock.wallMs());
    this.#lost++;
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
    await new Promise<void>((done) => {
      this.#flushers.push({ sealer, size, done });
    });
  }

  #cover(): void {
    const sealer = this.#live;
    if (sealer === undefined || (sealer.uncovered === 0 && this.#gaps.empty)) return;
    this.#attempt(() => this.#seal(sealer));
  }

  /** Makes everything written durable before it returns: a crash is near. */
  syncNow(): void {
    const sealer = this.#live;
    if (sealer !== undefined) this.#attempt(() => sealer.syncNow());
  }

  /**
   * Ends the stream before it returns. A record that comes later opens another one.
   *
   * @returns false when something stays behind: a stream without its end, which the next process adopts
   */
  closeNow(): boolean {
    if (this.#state === 'blocked' || (this.#state === 'idle' && this.#spool.size > 0)) this.#resume();
    // A file that is given up while it is closed has a successor, which has to be closed in its turn.
    const closed = this.#closeSealer() || this.#closeSealer();
    for (const due of [this.#sealDue, this.#heartbeat, this.#retryDue]) due.cancel();
    const waiting = this.#spool.size;
    if (waiting > 0) {
      this.#options.report('RECORDS_LOST', `${waiting} records could not be written before the process ended`);
    }
    if (this.#state !== 'shut') this.#state = 'idle';
    this.#live = undefined;
    return closed;
  }

  /** As {@link closeNow}, for good: the directory is free for the next writer, and later records are only counted. */
  shutDown(): void {
    if (this.#state === 'shut') return;
    const closed = this.closeNow();
    this.#state = 'shut';
    if (closed) this.#succession.release();
  }

  #emitLater(event: EventRecord | undefined, foreign: Payload | undefined): void {
    if (process.pid !== this.#pid) this.#forgetParent();
    if (this.#state === 'shut') {
      this.#lost++;
      this.#options.report('EMITTED_AFTER_SHUTDOWN', 'a record came after shutdown and is not sealed');
      return;
    }
    this.#hold(event, foreign);
    this.start();
  }

  #hold(event: EventRecord | undefined, foreign: Payload | undefined): void {
    const eventName = (event ?? foreign)?.eventName;
    let payload: string;
    try {
      // Its chain fields are replaced when it gets its place; the caller may change the attributes before that.
      const chain = placeholderChain(this.#ids.next());
      payload = event === undefined ? chainPayload(foreign as Payload, chain) : encodeEvent(event, chain);
    } catch (error) {
      this.refuse(eventName, error);
      return;
    }
    if (this.#spool.push(payload)) return;
    this.#lost++;
    const cause = this.#state === 'blocked' ? gapCause(this.#blockedBy) : 'overflow';
    this.#gaps.add(cause, eventName, this.#options.clock.wallMs());
    this.#options.report('RECORDS_LOST', 'no room for records that wait to be written; the loss will be declared');
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
    this.#heartbeat.in(this.#options.seal.heartbeatMs);
  }

  #sealNow(idle: boolean): void {
    const sealer = this.#live;
    if (sealer === undefined) return;
    if (this.#succession.displaced()) this.#moveOut(sealer);
    this.#attempt(() => {
      if (this.#live !== sealer) return;
      if (idle || sealer.uncovered > 0 || !this.#gaps.empty) this.#seal(sealer);
      if (this.#tooOld()) this.#roll();
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

  readonly #failed = (error: unknown): void => {
    this.#block(error);
    // At once: a file that was given up has a successor, and one that had no room may have it again.
    this.#resume();
  };

  #block(error: unknown): void {
    const { code, message } = asSealingError(error, this.#options.dataDir);
    this.#options.report(code, `${message}; records wait in memory`, error);
    this.#live = undefined;
    this.#state = 'blocked';
    this.#blockedBy = code;
    const sealer = this.#sealer;
    if (sealer?.segment.abandoned) this.#giveUp(sealer);
    for (const { done } of this.#flushers.splice(0)) done();
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
    const { segment } = sealer;
    this.#committers.push(...sealer.abandon());
    const saved = salvage(segment.unsyncedLines());
    this.#spool.unshift(saved.payloads);
    for (const gap of saved.gaps) this.#gaps.merge(gap);
    for (let line = 0; line < segment.forgottenLines; line++) {
      this.#gaps.add('write_error', undefined, this.#options.clock.wallMs());
    }
    this.#options.delivery?.abandoned(sealer.synced?.number ?? 0);
    this.#succession.gaveUp(sealer);
    this.#sealer = undefined;
  }

  /** Goes on where a failure, or nothing yet, stopped: opens a stream if need be and writes what waits, in order. */
  #resume(): void {
    if (this.#resuming || this.#state === 'shut' || this.#options.buildingSnapshot()) return;
    this.#resuming = true;
    try {
      if (this.#sealer?.closing) this.#finishRoll(this.#sealer);
      const sealer = this.#sealer ?? this.#openNext();
      this.#sealer = sealer;
      this.#drain(sealer);
      sealer.adoptCommitters(this.#committers.splice(0));
      if (!this.#gaps.empty) this.#seal(sealer);
      sealer.resume();
      this.#live = sealer;
      this.#state = 'open';
      this.#retryMs = FIRST_RETRY_MS;
      if (sealer.uncovered > 0) this.#sealDue.in(this.#options.seal.intervalMs);
    } catch (error) {
      this.#block(error);
      for (const { settle } of this.#committers.splice(0)) settle(false);
      this.#retryLater();
    } finally {
      this.#resuming = false;
    }
  }

  #drain(sealer: Sealer): void {
    for (let payload = this.#spool.first(); payload !== undefined; payload = this.#spool.first()) {
      try {
        sealer.appendAgain(payload);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        this.refuse(undefined, error);
      }
      this.#spool.shift();
      if (sealer.uncovered >= this.#options.seal.maxRecords) this.#seal(sealer);
    }
  }

  #openNext(): Sealer {
    const { clock, deployment, resource, redactionHash, delivery } = this.#options;
    const next = this.#succession.next();
    const { id, identity, predecessor } = next;
    delivery?.opened(id);
    const sealer = this.#newSealer(next);
    const facts = { deployment, resource: resource(), streamVkey: next.key.vkey, predecessor };
    try {
      sealer.open(
        openEvent(clock, {
          ...facts,
          ...(identity === undefined ? {} : { identityVkey: identity.vkey }),
          ...(redactionHash === undefined ? {} : { redactionHash }),
        }),
      );
    } catch (error) {
      this.#succession.miscarried(next.segment);
      throw error;
    }
    this.#openedWallMs = clock.wallMs();
    this.#openedMonotonicMs = clock.monotonicMs();
    this.#heartbeat.in(this.#options.seal.heartbeatMs);
    return sealer;
  }

  #newSealer({ id, key, identity, segment }: NewStream): Sealer {
    const { deployment, clock, delivery, report } = this.#options;
    const stream = new Stream(id, deployment);
    const events: SealerEvents = {
      noteWritten: (size, note) => {
        delivery?.noteWritten(size, note);
        this.#flushed(stream, size);
      },
      failed: this.#failed,
      signerFailed: (error) => {
        report('SIGNER_FAILED', 'the identity did not sign the open note; it is asked again', error);
        this.#flushed(stream, Number.POSITIVE_INFINITY);
        this.#retryLater();
      },
    };
    if (delivery !== undefined) {
      events.recorded = (number, payload, hash) => delivery.recorded(number, payload, hash);
    }
    return new Sealer({
      stream,
      segment,
      streamKey: key,
      openSigners: identity === undefined ? [key] : [identity, key],
      gaps: this.#gaps,
      ids: this.#ids,
      clock,
      events,
    });
  }

  #flushed(stream: Stream, size: number): void {
    if (this.#flushers.length === 0) return;
    const waiting = this.#flushers;
    this.#flushers = [];
    for (const flusher of waiting) {
      if (flusher.sealer.stream !== stream || flusher.size <= size) flusher.done();
      else this.#flushers.push(flusher);
    }
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
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#sealer = undefined;
    this.#live = undefined;
    for (const { done } of this.#flushers.splice(0)) done();
    return true;
  }

  #tooOld(): boolean {
    const { clock, roll } = this.#options;
    const age = clock.monotonicMs() - this.#openedMonotonicMs;
    const wallAge = clock.wallMs() - this.#openedWallMs;
    return age >= roll.maxAgeMs || Math.abs(wallAge - age) > CLOCK_JUMP_MS;
  }

  #retryLater(): void {
    if (this.#retryDue.set) return;
    this.#retryDue.in(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** This process began as a copy of another one, whose stream, directory and descriptors are not ours. */
  #forgetParent(): void {
    this.#pid = process.pid;
    this.#succession.forget();
    this.#sealer = undefined;
    this.#live = undefined;
    if (this.#state !== 'shut') this.#state = 'idle';
  }
}

function asSealingError(error: unknown, dataDir: string): SealingError {
  if (error instanceof SealingError) return error;
  const code = systemCode(error) === undefined ? 'INTERNAL' : fileErrorCode(error);
  return new SealingError(code, `cannot seal records in ${dataDir}`, { cause: error });
}
