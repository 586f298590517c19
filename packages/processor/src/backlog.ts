// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type EventRecord, encodeEvent, FormatError, type Payload } from '@stepseal/core/format';
import { chainPayload } from './chain-payload.ts';
import { type GapCause, GapTally } from './gap-tally.ts';
import { placeholderChain } from './placeholder-chain.ts';
import type { RecordIds } from './record-id.ts';
import { salvage } from './salvage.ts';
import type { Sealer } from './sealer.ts';
import { Spool } from './spool.ts';
import type { WriterOptions } from './writer-options.ts';

/** What the writer owes the trail: records that have no place yet, and losses that no gap record declares yet. */
export class Backlog {
  readonly gaps: GapTally = new GapTally();
  readonly #options: WriterOptions;
  readonly #ids: RecordIds;
  readonly #spool: Spool;
  #lost = 0;

  constructor(options: WriterOptions, ids: RecordIds) {
    this.#options = options;
    this.#ids = ids;
    this.#spool = new Spool(options.spool);
  }

  /** Records that wait. */
  get size(): number {
    return this.#spool.size;
  }

  /** Records lost since the start, declared or not. */
  get lost(): number {
    return this.#lost;
  }

  /** A record came when nothing can be sealed or declared any more. */
  tooLate(): void {
    this.#lost++;
    this.#options.report('EMITTED_AFTER_SHUTDOWN', 'a record came after shutdown and is not sealed');
  }

  /** A record has content without a place in the format: counted, for a signed gap record. */
  refuse(eventName: string | undefined, cause: unknown): void {
    this.#options.report('RECORD_REFUSED', 'a record cannot be encoded; it is declared as a gap', cause);
    this.#lose('refused', eventName);
  }

  /** Keeps a record until it gets its place, or counts it with the cause if there is no room. One of the two is given. */
  hold(event: EventRecord | undefined, foreign: Payload | undefined, cause: GapCause): void {
    const eventName = (event ?? foreign)?.eventName;
    let payload: string;
    try {
      // Encoded now, since the caller may change the attributes later; its chain fields are replaced in its place.
      const chain = placeholderChain(this.#ids.next());
      payload = event === undefined ? chainPayload(foreign as Payload, chain) : encodeEvent(event, chain);
    } catch (error) {
      this.refuse(eventName, error);
      return;
    }
    if (this.#spool.push(payload)) return;
    this.#options.report('RECORDS_LOST', 'no room for records that wait to be written; the loss will be declared');
    this.#lose(cause, eventName);
  }

  /** Takes from a file that was given up what must come again, in front of what waits. */
  take({ segment }: Sealer): void {
    const { payloads, gaps } = salvage(segment.unsyncedLines());
    this.#spool.unshift(payloads);
    for (const gap of gaps) this.gaps.merge(gap);
    for (let line = 0; line < segment.forgottenLines; line++) this.#lose('write_error', undefined);
  }

  /** Writes what waits, in order. `written` is called after each. @throws what the segment throws; the rest still waits */
  drainInto(sealer: Sealer, written: () => void): void {
    for (let payload = this.#spool.first(); payload !== undefined; payload = this.#spool.first()) {
      try {
        sealer.appendAgain(payload);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        this.refuse(undefined, error);
      }
      this.#spool.shift();
      written();
    }
  }

  #lose(cause: GapCause, eventName: string | undefined): void {
    this.#lost++;
    this.gaps.add(cause, eventName, this.#options.clock.wallMs());
  }
}
