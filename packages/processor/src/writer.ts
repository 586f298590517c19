// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { type EventRecord, encodeEvent, FormatError, type Payload } from '@stepseal/core/format';
import { adoptNewest } from './adopt.ts';
import { chainPayload } from './chain-payload.ts';
import { fileErrorCode, SealingError, type SealingErrorCode, systemCode } from './errors.ts';
import { GapTally } from './gap-tally.ts';
import { claimWriter, type OwnerClaim } from './owner.ts';
import { placeholderChain } from './placeholder-chain.ts';
import { RecordIds } from './record-id.ts';
import { gapCause, salvage } from './salvage.ts';
import { Sealer } from './sealer.ts';
import { SegmentWriter } from './segment-writer.ts';
import { Spool } from './spool.ts';
import { Stream } from './stream.ts';
import { openEvent, type Predecessor } from './stream-events.ts';
import { newStreamKey, type StreamKey } from './stream-key.ts';
import type { WriterOptions } from './writer-options.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** Wall time may run away from monotonic time by this much before the stream is rolled. */
const CLOCK_JUMP_MS = 5_000;

/** Room left in a segment for its last records and notes. */
const CLOSING_BYTES = 128 * 1024;

/**
 * - `idle`: nothing opened yet, or closed by the exit of the process; the next record opens.
 * - `open`: records go straight into a segment.
 * - `blocked`: nothing can be written; records wait in memory.
 * - `shut`: over.
 */
export type WriterState = 'idle' | 'open' | 'blocked' | 'shut';

/** What an open stream needs besides its file. */
interface StreamIdentity {
  readonly id: string;
  readonly key: StreamKey;
}

type Committers = ReturnType<Sealer['abandon']>;

/**
 * One thread's writer: its directory, its stream and the next, and what waits while there is none. Nothing it does is
 * allowed to throw into the application.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #ids: RecordIds;
  readonly #gaps = new GapTally();
  readonly #spool: Spool;
  readonly #closingBytes: number;
  #state: WriterState = 'idle';
  #pid = process.pid;
  #claim: OwnerClaim | undefined;
  #predecessor: Predecessor | undefined;
  /** The stream that the close record of the predecessor names, until its successor is known to exist. */
  #promised: (StreamIdentity & { validBytes: number }) | undefined;
  /** The stream that the close record being written names. */
  #following: StreamIdentity | undefined;
  /** Files that must not be taken for streams. */
  readonly #aside: string[] = [];
  #sealer: Sealer | undefined;
  /** The sealer while the state is `open`: the one field the hot path looks at. */
  #live: Sealer | undefined;
  #committers: Committers = [];
  #flushers: { readonly sealer: Sealer; readonly size: number; readonly done: () => void }[] = [];
  #openedWallMs = 0;
  #openedMonotonicMs = 0;
  #sealDue = false;
  #sealTimer: NodeJS.Timeout | undefined;
  #heartbeatTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retrying = false;
  #blockedBy: SealingErrorCode = 'NOT_WRITABLE';
  #lost = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#ids = new RecordIds(options.clock, options.random);
    this.#spool = new Spool(options.spool);
    this.#closingBytes = Math.min(CLOSING_BYTES, options.roll.maxBytes / 4);
  }

  get state(): WriterState {
    return this.#state;
  }

  /** What is being written, for people. */
  get progress(): {
    readonly streamId?: string;
    readonly file?: string;
    readonly number: number;
    readonly uncovered: number;
    readonly waiting: number;
    readonly undeclared: number;
    readonly lost: number;
    readonly blockedBy?: SealingErrorCode;
  } {
    const sealer = this.#sealer;
    return {
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
    if (this.#state === 'idle' && !this.#options.buildingSnapshot()) this.#retry();
  }

  /** As {@link start}, for those who would rather not run than run unsealed. @throws SealingError */
  startOrThrow(): void {
    if (this.#state !== 'idle') return;
    try {
      this.#openNext();
    } catch (error) {
      throw asSealingError(error, this.#options.dataDir);
    }
    this.#retry();
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
    this.#armSeal();
  }

  /** Resolves when everything emitted so far survives a power cut; false when it will not, or not yet. */
  async commit(): Promise<boolean> {
    if (this.#live === undefined && this.#state !== 'shut') this.start();
    return this.#live === undefined ? false : this.#live.commit();
  }

  /** Covers everything emitted so far with a note. Resolves when it is in the file, or cannot be. */
  async flush(): Promise<void> {
    if (this.#state === 'blocked') this.#retry();
    const sealer = this.#live;
    if (sealer === undefined) return;
    if (sealer.uncovered > 0 || !this.#gaps.empty) this.#attempt(() => sealer.seal());
    if (this.#live !== sealer || sealer.pendingNotes === 0) return;
    await new Promise<void>((done) => {
      this.#flushers.push({ sealer, size: sealer.stream.number, done });
    });
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
    if (this.#state === 'blocked' || (this.#state === 'idle' && this.#spool.size > 0)) this.#retry();
    const closed = this.#closeSealer() || this.#closeSealer();
    this.#stopTimers();
    const waiting = this.#spool.size;
    if (waiting > 0) {
      this.#options.report('RECORDS_LOST', `${waiting} records could not be written before the process ended`);
    }
    if (this.#state !== 'shut') this.#state = 'idle';
    return closed;
  }

  /** As {@link closeNow}, for good: the directory is free for the next writer, and later records are only counted. */
  shutDown(): void {
    if (this.#state === 'shut') return;
    const closed = this.closeNow();
    this.#state = 'shut';
    if (closed) this.#claim?.release();
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
    this.#gaps.add(
      this.#state === 'blocked' ? gapCause(this.#blockedBy) : 'overflow',
      eventName,
      this.#options.clock.wallMs(),
    );
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
    this.#recover();
  }

  #appended(sealer: Sealer): void {
    if (sealer.uncovered >= this.#options.seal.maxRecords) this.#attempt(() => this.#seal(sealer));
    else if (!this.#sealDue) this.#armSeal();
    if (sealer.segment.bytes > this.#options.roll.maxBytes - this.#closingBytes) this.#attempt(() => this.#roll());
  }

  #seal(sealer: Sealer): void {
    sealer.seal();
    this.#heartbeatTimer?.refresh();
  }

  /** Runs what writes on its own account; failure blocks the writer instead of reaching the caller. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#block(error);
      this.#recover();
    }
  }

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

  /** A file that was given up has a successor at once, if there can be one; a file that is only full is tried later. */
  #recover(): void {
    if (this.#sealer === undefined) this.#retry();
    else this.#scheduleRetry();
  }

  /** Takes from a file that cannot be trusted any more what must come again (docs/spec, "Write errors"). */
  #giveUp(sealer: Sealer): void {
    const { segment, stream, synced } = sealer;
    this.#committers = [...this.#committers, ...sealer.abandon()];
    const saved = salvage(segment.unsyncedLines());
    this.#spool.unshift(saved.payloads);
    for (const gap of saved.gaps) this.#gaps.merge(gap);
    if (segment.forgottenLines > 0) {
      const now = this.#options.clock.wallMs();
      const gap = { cause: 'write_error', count: segment.forgottenLines, eventNames: new Set<string>() } as const;
      this.#gaps.merge({ ...gap, firstTimeMs: now, lastTimeMs: now });
    }
    this.#options.delivery?.abandoned(synced?.number ?? 0);
    this.#sealer = undefined;
    if (synced !== undefined) {
      const { number, hash } = synced;
      // The close record may be on the disk all the same, and then the stream it names has to come.
      this.#promised =
        sealer.closing && this.#following !== undefined ? { ...this.#following, validBytes: 0 } : undefined;
      this.#predecessor = { cause: 'io_error', streamId: stream.id, number, hash, validBytes: segment.syncedBytes };
      return;
    }
    // Nothing of it is known to exist, so that nothing may name it. A promised stream may be opened again as itself.
    this.#aside.push(segment.path);
  }

  /**
   * Takes files that never became streams out of the way. As long as one is left, no other stream is opened: the two
   * would name one predecessor.
   */
  #setAside(): void {
    for (let path = this.#aside[0]; path !== undefined; path = this.#aside[0]) {
      try {
        this.#options.files.renameSync(path, path.replace(/ndjson$/, 'torn'));
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      this.#aside.shift();
    }
  }

  #retry(): void {
    if (this.#retrying || this.#state === 'shut' || this.#options.buildingSnapshot()) return;
    this.#retrying = true;
    try {
      if (this.#sealer?.closing) this.#finishRoll(this.#sealer);
      const sealer = this.#sealer ?? this.#openNext();
      this.#drain(sealer);
      sealer.adoptCommitters(this.#committers);
      this.#committers = [];
      if (!this.#gaps.empty) this.#seal(sealer);
      sealer.resume();
      this.#live = sealer;
      this.#state = 'open';
      this.#retryMs = FIRST_RETRY_MS;
      if (sealer.uncovered > 0) this.#armSeal();
    } catch (error) {
      this.#block(error);
      for (const { settle } of this.#committers) settle(false);
      this.#committers = [];
      this.#scheduleRetry();
    } finally {
      this.#retrying = false;
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
    const { files, clock, deployment, identity, resource, redactionHash } = this.#options;
    if (identity === undefined) throw new SealingError('NO_KEY', 'there is no identity key');
    this.#setAside();
    this.#claim ??= claimWriter({
      files,
      processes: this.#options.processes,
      dataDir: this.#options.dataDir,
      newWriterId: () => this.#newWriterId(),
      now: () => clock.wallMs(),
    });
    this.#predecessor ??= this.#adopt(this.#claim);
    const predecessor = this.#predecessor;
    const { id, key } = this.#promised ?? { id: this.#ids.next(), key: newStreamKey(deployment) };
    // A rolled stream's key is named by a note of the stream before it; every other one needs the identity for that.
    const signer = predecessor.cause === 'roll' ? undefined : identity;
    const segment = this.#createSegment(join(this.#claim.directory, `${id}.ndjson`));
    this.#options.delivery?.opened(id);
    const sealer = this.#newSealer(new Stream(id, deployment), segment, key, signer);
    try {
      sealer.open(
        openEvent(clock, {
          deployment,
          resource: resource(),
          streamVkey: key.vkey,
          ...(signer === undefined ? {} : { identityVkey: signer.vkey }),
          ...(redactionHash === undefined ? {} : { redactionHash }),
          predecessor,
        }),
      );
    } catch (error) {
      // Nobody has seen this file: it never held a whole line.
      segment.abandon();
      this.#aside.push(segment.path);
      throw error;
    }
    this.#sealer = sealer;
    this.#openedWallMs = clock.wallMs();
    this.#openedMonotonicMs = clock.monotonicMs();
    this.#armHeartbeat();
    return sealer;
  }

  #adopt(claim: OwnerClaim): Predecessor {
    try {
      return adoptNewest(this.#options.files, claim.directory);
    } catch (error) {
      this.#options.report('ADOPTION_FAILED', `cannot read the last stream in ${claim.directory}`, error);
      throw error;
    }
  }

  #createSegment(path: string): SegmentWriter {
    try {
      return new SegmentWriter(this.#options.files, path);
    } catch (error) {
      if (error instanceof SealingError && systemCode(error.cause) === 'EEXIST') this.#breakPromise();
      throw error;
    }
  }

  /** The promised stream cannot be opened under its name: the next one is signed by the identity and names the end. */
  #breakPromise(): void {
    const promised = this.#promised;
    const before = this.#predecessor;
    this.#promised = undefined;
    if (before?.cause === 'roll' && promised !== undefined) {
      this.#predecessor = { ...before, cause: 'closed', validBytes: promised.validBytes };
    }
  }

  #newSealer(
    stream: Stream,
    segment: SegmentWriter,
    streamKey: StreamKey,
    identity: WriterOptions['identity'],
  ): Sealer {
    const { delivery } = this.#options;
    return new Sealer({
      stream,
      segment,
      streamKey,
      openSigners: identity === undefined ? [streamKey] : [identity, streamKey],
      gaps: this.#gaps,
      ids: this.#ids,
      clock: this.#options.clock,
      events: {
        ...(delivery === undefined
          ? {}
          : { recorded: (number: number, payload: string, hash: string) => delivery.recorded(number, payload, hash) }),
        noteWritten: (size, note) => {
          delivery?.noteWritten(size, note);
          this.#flushed(stream, size);
        },
        failed: (error) => {
          this.#block(error);
          this.#recover();
        },
        signerFailed: (error) => {
          this.#options.report('SIGNER_FAILED', 'the identity did not sign the open note; it is asked again', error);
          this.#flushed(stream, Number.POSITIVE_INFINITY);
          this.#scheduleRetry();
        },
      },
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
    if (sealer === undefined || !sealer.canClose()) return;
    this.#finishRoll(sealer);
    this.#live = this.#openNext();
  }

  /** Closes the stream and promises the next one. Waits for the disk: once in 64 MiB, or a day. */
  #finishRoll(sealer: Sealer): void {
    if (!sealer.closing) this.#following = { id: this.#ids.next(), key: newStreamKey(this.#options.deployment) };
    const { id, key } = this.#following as StreamIdentity;
    sealer.closeNow({ streamId: id, vkey: key.vkey });
    this.#promised = { id, key, validBytes: sealer.segment.bytes };
    this.#predecessor = { cause: 'roll', streamId: sealer.stream.id, ...last(sealer) };
    this.#sealer = undefined;
    this.#live = undefined;
  }

  #closeSealer(): boolean {
    const sealer = this.#sealer;
    if (sealer === undefined) return true;
    try {
      if (!sealer.closeNow()) {
        sealer.syncNow();
        return false;
      }
    } catch (error) {
      this.#block(error);
      if (this.#sealer === undefined) this.#retry();
      return false;
    }
    this.#predecessor = {
      cause: 'closed',
      streamId: sealer.stream.id,
      ...last(sealer),
      validBytes: sealer.segment.bytes,
    };
    this.#promised = undefined;
    this.#sealer = undefined;
    this.#live = undefined;
    for (const { done } of this.#flushers.splice(0)) done();
    return true;
  }

  /** This process began as a copy of another one, whose stream, directory and descriptors are not ours. */
  #forgetParent(): void {
    this.#pid = process.pid;
    this.#claim = undefined;
    this.#predecessor = undefined;
    this.#promised = undefined;
    this.#sealer = undefined;
    this.#live = undefined;
    this.#stopTimers();
    if (this.#state !== 'shut') this.#state = 'idle';
  }

  #armSeal(): void {
    if (this.#sealDue) return;
    this.#sealDue = true;
    this.#sealTimer ??= setTimeout(() => this.#onSealTimer(), this.#options.seal.intervalMs).unref();
    this.#sealTimer.refresh();
  }

  #onSealTimer(): void {
    this.#sealDue = false;
    const sealer = this.#live;
    if (sealer === undefined) return;
    this.#attempt(() => {
      if (sealer.uncovered > 0 || !this.#gaps.empty) this.#seal(sealer);
      if (this.#rollDue()) this.#roll();
    });
  }

  #armHeartbeat(): void {
    this.#heartbeatTimer ??= setTimeout(() => this.#onHeartbeat(), this.#options.seal.heartbeatMs).unref();
    this.#heartbeatTimer.refresh();
  }

  #onHeartbeat(): void {
    this.#heartbeatTimer?.refresh();
    const sealer = this.#live;
    if (sealer === undefined) return;
    this.#attempt(() => {
      this.#seal(sealer);
      if (this.#rollDue()) this.#roll();
    });
  }

  #rollDue(): boolean {
    const { clock, roll } = this.#options;
    const age = clock.monotonicMs() - this.#openedMonotonicMs;
    const wallAge = clock.wallMs() - this.#openedWallMs;
    return age >= roll.maxAgeMs || Math.abs(wallAge - age) > CLOCK_JUMP_MS;
  }

  #scheduleRetry(): void {
    if (this.#retryTimer !== undefined || this.#state === 'shut') return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#retry();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #stopTimers(): void {
    for (const timer of [this.#sealTimer, this.#heartbeatTimer, this.#retryTimer]) clearTimeout(timer);
    this.#sealTimer = undefined;
    this.#heartbeatTimer = undefined;
    this.#retryTimer = undefined;
    this.#sealDue = false;
  }

  #newWriterId(): string {
    const bytes = Buffer.alloc(8);
    this.#options.random(bytes);
    return bytes.toString('hex');
  }
}

function last(sealer: Sealer): { number: number; hash: string } {
  return sealer.stream.position as { number: number; hash: string };
}

function asSealingError(error: unknown, dataDir: string): SealingError {
  if (error instanceof SealingError) return error;
  const code = systemCode(error) === undefined ? 'INTERNAL' : fileErrorCode(error);
  return new SealingError(code, `cannot seal records in ${dataDir}`, { cause: error });
}
