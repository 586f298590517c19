// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { dirname } from 'node:path';
import type { DeliverableRecord } from '../otlp/logs-encoding.ts';
import type { DeliveryQueue } from '../writer-options.ts';
import { BACK_OFF, BackOff } from './back-off.ts';
import type { Outcome } from './carrier.ts';
import { declareRefused } from './declare-refused.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { DirectoryQueue } from './directory-queue.ts';
import { Pause } from './pause.ts';
import { recordFacts } from './record-facts.ts';
import { Standing } from './standing.ts';
import type { DeliveryStatus } from './status.ts';
import { Suspicion } from './suspicion.ts';
import { within } from './within.ts';

/** Until older streams that may not leave yet are looked at again, in milliseconds. */
const LOOK_AGAIN_MS = 1_000;

/** Between two counts of what waits, in milliseconds. */
const STOCK_MS = 5_000;

/** Milliseconds between two directories of dead writers. */
const BETWEEN_MS = 50;

/** Milliseconds for a receiver to let go of its connections. */
const CLOSE_MS = 1_000;

/** Records handed to the carrier at once at most. */
const MOST_RECORDS = 512;

/**
 * Brings sealed records to their receiver: read from the segments in order of stream and number, one load at a time, for
 * as long as it takes. Nothing leaves before its note, or the open note that adopts it, is in a file.
 *
 * What it holds in memory is bounded, however long the receiver is away: one window of records (512, or 1 MiB; twice
 * that while some are refused; a single record may have 2 MiB), their encoded and their compressed form, and two chunks of
 * a segment: below 16 MiB.
 *
 * A record is delivered at least once: the cursor moves after the acknowledgement, and whoever is killed between the two
 * delivers again.
 */
export class Delivery implements DeliveryQueue {
  readonly #parts: DeliveryParts;
  readonly #backOff: BackOff;
  readonly #suspicion = new Suspicion(MOST_RECORDS, Math.random);
  readonly #pause = new Pause();
  #own: DirectoryQueue | undefined;
  /** The queue whose records are under suspicion. */
  #suspected: { readonly queue: DirectoryQueue; readonly turn: number } | undefined;
  /** Of directories that are somebody else's now; a load out of one may be under way. */
  readonly #retired: DirectoryQueue[] = [];
  #other: DirectoryQueue | undefined;
  #running: Promise<void> | undefined;
  #poked = false;
  #stopped = false;
  #flushers: (() => void)[] = [];
  readonly #standing = new Standing();
  #stockMs = Number.NEGATIVE_INFINITY;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#backOff = new BackOff(parts.backOff ?? BACK_OFF, Math.random);
  }

  opened(streamId: string, path: string): void {
    const directory = dirname(path);
    if (this.#own?.directory !== directory) {
      const before = this.#own;
      before?.save(true);
      this.#own = this.queueOf(directory);
      if (before !== undefined) this.#retired.push(before);
    }
    this.#own?.opened(streamId);
    this.#poke();
  }

  noteWritten(streamId: string, size: number, fileBytes: number): void {
    this.#own?.noteWritten(streamId, size, fileBytes);
    this.#standing.waits(this.#parts.clock.wallMs());
    this.#poke();
  }

  /** A queue over a directory, with this delivery's files and clock. */
  queueOf(directory: string): DirectoryQueue {
    const { files, clock, report } = this.#parts;
    return new DirectoryQueue({
      directory,
      files,
      now: () => clock.wallMs(),
      onProblem: (message, error) => report('DELIVERY_FILE', message, error),
    });
  }

  /** Whether something sealed is known to wait. */
  get pending(): boolean {
    return this.#standing.pending;
  }

  status(): DeliveryStatus {
    return this.#standing.status(this.#parts.carrier.destination, this.#own?.cursor);
  }

  /**
   * Resolves when everything that may leave now was acknowledged, or after so many milliseconds: what is left then is in
   * the segments and leaves later, after a restart if need be.
   */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#stopped || this.#own === undefined) return;
    this.#poke();
    this.#pause.hurry();
    const idle = new Promise<void>((resolve) => this.#flushers.push(resolve));
    const { flush } = this.#parts.carrier;
    await within(timeoutMs, flush === undefined ? idle : idle.then(() => flush.call(this.#parts.carrier)));
  }

  /** Ends delivery: what is left stays in the segments. */
  async shutdown(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs);
    this.#stopped = true;
    this.#pause.end();
    if (!(await within(CLOSE_MS, this.#parts.carrier.close()))) {
      this.#parts.report('EXPORT_FAILED', 'the exporter did not shut down');
    }
    await this.#running;
    await this.#own?.close();
    await this.#letGo();
  }

  /** The process ends now. */
  leave(): void {
    this.#own?.save(true);
    this.#other?.save(true);
    this.#parts.leftBehind?.release();
  }

  #poke(): void {
    this.#poked = true;
    if (this.#running !== undefined || this.#stopped) return;
    this.#running = new Promise<void>((resolve) => {
      // Not in the turn of a request: reading and encoding cost time that nobody should wait for.
      setImmediate(() => void this.#run().finally(resolve));
    }).finally(() => {
      this.#running = undefined;
      if (this.#poked && !this.#stopped) this.#poke();
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#poked = false;
      try {
        for (const queue of this.#retired.splice(0)) await queue.close();
        const queue = await this.#pick();
        if (queue === undefined) {
          // What was poked meanwhile is looked for once more.
          if (this.#poked) continue;
          this.#idle();
          return;
        }
        await this.#takeStock(false);
        await this.#deliver(queue);
      } catch (error) {
        this.#parts.report('DELIVERY_FILE', 'sealed records cannot be read for delivery; it is tried again', error);
        await this.#pause.for(this.#backOff.next(false, undefined), true);
      }
    }
  }

  #idle(): void {
    if (this.#own?.behind) setTimeout(() => this.#poke(), LOOK_AGAIN_MS).unref();
    this.#standing.idle();
    this.#own?.save(true);
    for (const done of this.#flushers.splice(0)) done();
  }

  /** The queue to deliver from: what this process seals comes first. */
  async #pick(): Promise<DirectoryQueue | undefined> {
    const own = this.#own;
    if (own !== undefined && (await own.fill())) return own;
    // What came meanwhile may be what somebody waits for.
    if (this.#poked) return undefined;
    for (const done of this.#flushers.splice(0)) done();
    if (!this.#standing.flows) return undefined;
    this.#other ??= await this.#parts.leftBehind?.next();
    if (this.#other === undefined) return undefined;
    if (await this.#other.fill()) return this.#other;
    await this.#letGo();
    // There may be more of them: no need to wait for a note of our own.
    await this.#pause.for(BETWEEN_MS, true);
    this.#poked = true;
    return undefined;
  }

  async #letGo(): Promise<void> {
    const other = this.#other;
    this.#other = undefined;
    await other?.close();
    this.#parts.leftBehind?.release();
  }

  async #deliver(queue: DirectoryQueue): Promise<void> {
    if (this.#suspected?.queue !== queue || this.#suspected.turn !== queue.turn) this.#suspicion.forget();
    this.#suspected = { queue, turn: queue.turn };
    const first = queue.window[0] as DeliverableRecord;
    this.#standing.oldest(recordFacts(first.payload).timeMs);
    let next = this.#suspicion.next(queue.window.length);
    if (next.kind === 'other' && (await queue.extend())) next = this.#suspicion.next(queue.window.length);
    const load = next.kind === 'records' ? queue.load(next.from, next.count) : await queue.other(first.number);
    if (load === undefined) {
      // Nothing else is there to ask with; the next record will do.
      await this.#pause.for(this.#backOff.next(true, undefined), true);
      return;
    }
    if (this.#stopped) return;
    this.#standing.counters.requests++;
    const isFront = load.records[0] === queue.window[0];
    const outcome = await this.#parts.carrier.carry(load);
    if (this.#stopped && outcome.kind !== 'accepted') return;
    await this.#settle(queue, load.records.length, isFront, outcome);
  }

  async #settle(queue: DirectoryQueue, count: number, isFront: boolean, outcome: Outcome): Promise<void> {
    const { report, carrier, clock } = this.#parts;
    this.#standing.answered(outcome, clock.wallMs());
    switch (outcome.kind) {
      case 'accepted': {
        this.#backOff.succeeded();
        const done = this.#suspicion.accepted(count);
        this.#standing.counters.delivered += done;
        queue.drop(done);
        if (outcome.warning !== undefined) {
          report('ENDPOINT_WARNING', `${carrier.destination} took the records with a warning: ${outcome.warning}`);
        }
        return;
      }
      case 'refused':
        return this.#refused(queue, count, isFront, outcome);
      default: {
        this.#standing.counters.failed++;
        const fault = outcome.kind === 'fault';
        const code = fault
          ? 'ENDPOINT_FAULT'
          : carrier.destination === 'exporter'
            ? 'EXPORT_FAILED'
            : 'ENDPOINT_UNREACHABLE';
        report(code, `${carrier.destination}: ${outcome.problem}; sealed records wait in their segments`);
        await this.#holdOff(fault, outcome.retryAfterMs);
      }
    }
  }

  async #refused(
    queue: DirectoryQueue,
    count: number,
    isFront: boolean,
    outcome: Outcome & { kind: 'refused' },
  ): Promise<void> {
    this.#standing.counters.refused++;
    // A line that is no record needs no second opinion: nobody was asked. It says nothing of the one in front of it.
    const conclusion =
      outcome.answer === 'malformed' && count === 1 && isFront
        ? 'set-aside'
        : this.#suspicion.refused(count, outcome.answer === 'too_large');
    if (conclusion === 'set-aside') return this.#setAside(queue, outcome);
    if (conclusion === 'narrowed') return;
    this.#standing.refusesAll();
    const { report, carrier } = this.#parts;
    report(
      'ENDPOINT_FAULT',
      `${carrier.destination}: it refuses every record (${outcome.status}); they wait in their segments`,
    );
    await this.#holdOff(true, undefined);
    // One of those that came meanwhile may be taken, and show that it is not the endpoint.
    if (!this.#stopped && queue.window.length < MOST_RECORDS) await queue.extend();
  }

  async #setAside(queue: DirectoryQueue, outcome: Outcome & { kind: 'refused' }): Promise<void> {
    const entry = await declareRefused(queue, outcome, this.#parts);
    if (entry === undefined) return this.#holdOff(false, undefined);
    const { report, carrier } = this.#parts;
    this.#standing.counters.setAside++;
    report(
      'RECORD_SET_ASIDE',
      `${carrier.destination} refused record ${entry.number} of stream ${entry.streamId} (${outcome.status}); it stays in its segment`,
    );
    queue.drop(1);
  }

  /** Counts what waits: for people, so not with every load. */
  async #takeStock(now: boolean): Promise<void> {
    const ms = this.#parts.clock.monotonicMs();
    if (!now && ms - this.#stockMs < STOCK_MS) return;
    this.#stockMs = ms;
    const backlog = await this.#own?.backlog().catch(() => undefined);
    if (backlog !== undefined) this.#standing.counted(backlog);
  }

  async #holdOff(fault: boolean, retryAfterMs: number | undefined): Promise<void> {
    this.#own?.save(false);
    await this.#takeStock(true);
    await this.#pause.for(this.#backOff.next(fault, retryAfterMs), retryAfterMs === undefined);
  }
}
