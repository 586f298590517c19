// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT_STEPSEAL_STREAM_OPEN } from '@stepseal/core/semconv';
import type { Notice, TailStart } from '../tail/directory-tail.ts';
import { predecessorOf, type TailedRecord } from '../tail/stream-tail.ts';
import type { IndexReader } from './index-reader.ts';
import { IndexStreamTail } from './index-stream-tail.ts';
import { openRecords, type StreamEnd, streamEnds } from './index-streams.ts';

/** Records this young are looked for at every turn. Longer than clocks differ and deliveries take. */
const RECENT_MS = 900_000;
/** All that is there is looked through at least so often, for what comes late: after an outage, or sent again. */
const SWEEP_MS = 30_000;
/** A sweep may take this part of the time. */
const SWEEP_SHARE = 0.05;

export interface IndexTailStart extends TailStart {
  /** Wait for records that are not there yet, before those behind them are given. */
  readonly patient: boolean;
}

/**
 * Follows all streams of an index. Documents come late and in any order; what is given is in the order of each stream, by
 * its numbers. So every turn asks which streams hold more than was given, and no order of arrival is needed.
 */
export class IndexTail {
  readonly #index: IndexReader;
  readonly #start: IndexTailStart;
  readonly #tails = new Map<string, IndexStreamTail>();
  /** Streams that were there at some time, or are behind the start. */
  readonly #known = new Set<string>();
  /** Came before those that the reader has. */
  #done: ReadonlySet<string> = new Set();
  #begun = false;
  #nextSweepMs = 0;
  #sweptMs = 0;

  constructor(index: IndexReader, start: IndexTailStart) {
    this.#index = index;
    this.#start = start;
  }

  /** What is new since the last call. It may be called again after an error, and goes on where it was. */
  async *advance(nowMs: number = Date.now()): AsyncGenerator<TailedRecord | Notice> {
    // Where the clock was set back, the next time would be a long way off.
    const isSweep = !this.#begun || nowMs >= this.#nextSweepMs || nowMs < this.#sweptMs;
    const startMs = performance.now();
    const ends = await streamEnds(this.#index, isSweep ? undefined : nowMs - RECENT_MS);
    const tookMs = performance.now() - startMs;
    if (!this.#begun) yield* this.#begin(ends, nowMs);
    for (const { streamId, last } of ends) {
      this.#known.add(streamId);
      if (this.#done.has(streamId)) continue;
      const tail = this.#tailOf(streamId);
      if (isSweep) yield* tail.late();
      if (last <= tail.given) continue;
      for await (const item of tail.take(nowMs)) {
        if (!('notice' in item) && item.eventName === EVENT_STEPSEAL_STREAM_OPEN) yield* this.#before(item);
        yield item;
      }
    }
    if (!isSweep) return;
    this.#sweptMs = nowMs;
    this.#nextSweepMs = nowMs + Math.max(SWEEP_MS, tookMs / SWEEP_SHARE);
  }

  async *#begin(ends: readonly StreamEnd[], nowMs: number): AsyncGenerator<Notice> {
    const { after, all, unsealed } = this.#start;
    for (const { streamId } of ends) this.#known.add(streamId);
    if (after.size > 0) {
      const given = new Map(ends.map(({ streamId, last }) => [streamId, last]));
      this.#done = await this.#predecessors(after.keys());
      for (const [streamId, number] of after) {
        this.#known.add(streamId);
        yield* this.#resume(streamId, number, given.get(streamId));
      }
    } else if (!all) {
      const recent = new Set((await streamEnds(this.#index, nowMs - RECENT_MS)).map(({ streamId }) => streamId));
      for (const { streamId, last, covered } of ends) {
        const tail = this.#tailOf(streamId);
        tail.given = unsealed ? last : covered;
        // What is still under way is new when it comes.
        if (recent.has(streamId)) await tail.missLate();
      }
    }
    this.#begun = true;
  }

  *#resume(streamId: string, number: number, last: number | undefined): Generator<Notice> {
    const tail = this.#tailOf(streamId);
    tail.given = number;
    if (last === undefined) {
      const message = `Stream ${streamId} is not there (deleted by retention, or moved): all that is there was given.`;
      yield { notice: 'stream_absent', stream: streamId, after: number, message };
    } else if (last < number) {
      tail.given = last;
      const message = `Stream ${streamId} holds fewer records than --after says: run stepseal verify.`;
      yield { notice: 'stream_replaced', stream: streamId, after: last, message };
    }
  }

  /** All streams that lead to these: a reader who has a later one is done with them. */
  async #predecessors(streams: Iterable<string>): Promise<Set<string>> {
    const before = new Map<string, string>();
    for await (const record of openRecords(this.#index)) {
      const predecessor = predecessorOf(record);
      if (predecessor !== undefined) before.set(record.stream, predecessor.streamId);
    }
    const done = new Set<string>();
    for (const stream of streams) {
      for (let one = before.get(stream); one !== undefined && !done.has(one); one = before.get(one)) done.add(one);
    }
    for (const stream of this.#start.after.keys()) done.delete(stream);
    return done;
  }

  /** Says that the stream before this one is not there, and was not when this feed began. */
  *#before(record: TailedRecord): Generator<Notice> {
    const streamId = predecessorOf(record)?.streamId;
    if (streamId === undefined || this.#known.has(streamId)) return;
    this.#known.add(streamId);
    const message = `Stream ${streamId}, which comes before ${record.stream}, is not there (deleted by retention, or moved).`;
    yield { notice: 'stream_absent', stream: streamId, after: 0, message };
  }

  #tailOf(streamId: string): IndexStreamTail {
    const tail = this.#tails.get(streamId) ?? new IndexStreamTail(this.#index, streamId, this.#start);
    this.#tails.set(streamId, tail);
    return tail;
  }
}
