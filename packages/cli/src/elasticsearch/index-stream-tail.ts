// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTR_STEPSEAL_PREDECESSOR_STREAM_ID } from '@stepseal/core/semconv';
import { SEALING_EVENTS } from '../story/sealing-events.ts';
import type { ToldRecord } from '../story/told-record.ts';
import type { Notice } from '../tail/directory-tail.ts';
import { predecessorOf, type TailedRecord } from '../tail/stream-tail.ts';
import { byPlace, pages, sealedLine } from './documents.ts';
import { allOf, NUMBER_FIELD, STREAM_FIELD } from './index-query.ts';
import type { IndexReader } from './index-reader.ts';
import { openRecords } from './index-streams.ts';
import type { IndexTailStart } from './index-tail.ts';

/** How long those behind are held back for a record that is not there. */
const PATIENCE_MS = 60_000;
/** Records that were passed over and may still come. */
const MOST_MISSING = 10_000;

/** Follows one stream of an index: its records in order, each when a sealing record behind it has come too. */
export class IndexStreamTail {
  /** Number of the last record given. */
  given = 0;
  readonly #index: IndexReader;
  readonly #streamId: string;
  readonly #start: IndexTailStart;
  /** Numbers that were passed over. */
  readonly #missing = new Set<number>();
  /** The last of them behind `given`, or less. */
  #passed = 0;
  /** Since when a record behind the last one given is waited for. */
  #waitingSinceMs: number | undefined;

  constructor(index: IndexReader, streamId: string, start: IndexTailStart) {
    this.#index = index;
    this.#streamId = streamId;
    this.#start = start;
  }

  /** What follows the last record given. */
  async *take(nowMs: number): AsyncGenerator<TailedRecord | Notice> {
    let held: ToldRecord[] = [];
    let whole = true;
    let next = Math.max(this.given, this.#passed) + 1;
    for await (const record of this.#records(this.given + 1)) {
      if (record.number > next) {
        whole = false;
        if (!this.#isPatienceOver(nowMs)) break;
        yield this.#passOver(next, record.number);
      }
      next = Math.max(next, record.number + 1);
      held.push(record);
      if (!SEALING_EVENTS.has(record.eventName)) continue;
      yield* this.#give(held, true);
      held = [];
    }
    // Else the next one that is missing would be passed over at once.
    if (whole) this.#waitingSinceMs = undefined;
    const [first] = held;
    if (first === undefined) return;
    const adopted = await this.#adoptedUpTo();
    yield* this.#give(
      held.filter(({ number }) => number <= adopted),
      true,
    );
    if (this.#start.unsealed) yield* this.#give(held, false);
  }

  /** Records that were passed over and have come since, behind others that were given. */
  async *late(): AsyncGenerator<TailedRecord> {
    const numbers = [...this.#missing].filter((number) => number <= this.given);
    if (numbers.length === 0) return;
    for await (const record of this.#records(Math.min(...numbers), Math.max(...numbers))) {
      if (this.#missing.delete(record.number)) yield { ...record, sealed: true };
    }
  }

  /** Takes those for missing that are not there among the last before `given`: they may be under way. */
  async missLate(): Promise<void> {
    const from = Math.max(1, this.given - MOST_MISSING + 1);
    for (let number = from; number <= this.given; number++) this.#missing.add(number);
    const range = this.#range(from, this.given);
    const sort = [{ [NUMBER_FIELD]: { order: 'desc', unmapped_type: 'long' } }];
    const { hits } = await this.#index.search({ size: MOST_MISSING, query: range, sort, stored_fields: '_none_' });
    for (const {
      sort: [number],
    } of hits.hits)
      if (typeof number === 'number') this.#missing.delete(number);
  }

  *#give(records: readonly ToldRecord[], sealed: boolean): Generator<TailedRecord> {
    for (const record of records) {
      if (record.number < this.given || (record.number === this.given && !sealed)) continue;
      this.given = record.number;
      this.#missing.delete(record.number);
      this.#waitingSinceMs = undefined;
      yield { ...record, sealed };
    }
  }

  #isPatienceOver(nowMs: number): boolean {
    // The clock may have been set back.
    this.#waitingSinceMs = Math.min(this.#waitingSinceMs ?? nowMs, nowMs);
    return !this.#start.patient || nowMs - this.#waitingSinceMs >= PATIENCE_MS;
  }

  #passOver(from: number, next: number): Notice {
    for (let number = from; number < next && this.#missing.size < MOST_MISSING; number++) this.#missing.add(number);
    this.#passed = next - 1;
    const which = next - from === 1 ? `Record ${from} is` : `Records ${from} to ${next - 1} are`;
    const message = `${which} not there, of stream ${this.#streamId}: given when they come. Run stepseal verify.`;
    return { notice: 'records_missing', stream: this.#streamId, after: from - 1, message };
  }

  /** In order; each once, also where a document of the same number says something else. */
  async *#records(from: number, to?: number): AsyncGenerator<ToldRecord> {
    const last = new Set<string>();
    let number = 0;
    for await (const hits of pages(this.#index, { query: this.#range(from, to), sort: byPlace('asc') })) {
      for (const hit of hits) {
        const record = sealedLine(hit)?.record;
        if (record?.stream !== this.#streamId || record.number < from) continue;
        if (record.number !== number) last.clear();
        number = record.number;
        if (last.has(record.hash)) continue;
        last.add(record.hash);
        yield record;
      }
    }
  }

  #range(from: number, to?: number): ReturnType<typeof allOf> {
    const range = { gte: from, ...(to !== undefined && { lte: to }) };
    return allOf([{ term: { [STREAM_FIELD]: this.#streamId } }, { range: { [NUMBER_FIELD]: range } }]);
  }

  /** The last record that the stream which goes on vouches for; a crashed stream gets no note any more. */
  async #adoptedUpTo(): Promise<number> {
    const named = { term: { [`attributes.${ATTR_STEPSEAL_PREDECESSOR_STREAM_ID}`]: this.#streamId } };
    let last = 0;
    for await (const record of openRecords(this.#index, named)) {
      const predecessor = predecessorOf(record);
      if (predecessor?.streamId === this.#streamId) last = Math.max(last, predecessor.number);
    }
    return last;
  }
}
