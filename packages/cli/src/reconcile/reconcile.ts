// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Redelivery, RefusedRecord, SealedStream } from '@stepseal/processor/delivery';
import { CliError } from '../errors.ts';
import { compareStream, isComplete, isGone, type Reach, type TakenId } from './compare-stream.ts';
import type { RecordIndex } from './record-index.ts';

/** What became of one stream. Counts are records. */
export interface StreamOutcome {
  readonly stream: string;
  /** Those that may have left by now. */
  records: number;
  /** Not in the index before. */
  missing: number;
  /** Not in the index either, and too young to be missed. */
  young: number;
  sent: number;
  /** Of the missing ones, not there after the wait. */
  stillMissing: number;
  refused: number;
  taken: number;
  /** First and last number of those that were missing. */
  from: number;
  to: number;
  /** What keeps its records from being sent, in one sentence. */
  held?: string;
}

export interface Reconciliation {
  readonly streams: readonly StreamOutcome[];
  /** Streams that were looked at, and their records. */
  readonly compared: number;
  readonly records: number;
  /** Some of each; the counts are with the streams. */
  readonly taken: readonly (TakenId & { readonly stream: string })[];
  readonly refused: readonly (RefusedRecord & { readonly stream: string })[];
}

export interface ReconcileOptions {
  readonly streams: readonly SealedStream[];
  readonly index: RecordIndex;
  readonly reach: Reach;
  /** Where missing records are sent; nowhere on a dry run. */
  readonly redelivery: Redelivery | undefined;
  /** Compare every record also where the counts agree. */
  readonly thorough: boolean;
  /** How long it is waited until what was sent can be searched, ms. */
  readonly waitMs: number;
  /** Why the records of a stream must not be sent; undefined when they may. */
  readonly hold: (stream: SealedStream) => Promise<string | undefined>;
}

/** Streams that the index is asked for at once. */
const STREAMS_AT_ONCE = 200;
/** Records that are named one by one at most. */
const MOST_NAMED = 100;
/** Between two looks at what was sent, ms. */
const LOOK_MS = 1_000;

/**
 * Finds the records that segments hold and the index lacks, sends them once more, and waits until they are there.
 *
 * @throws CliError `NOT_FOUND`, ElasticError, SealingError `ENDPOINT_UNREACHABLE`, `ENDPOINT_FAULT`, and what the file system throws
 */
export async function reconcile(options: ReconcileOptions): Promise<Reconciliation> {
  const run = new Run(options);
  for (let at = 0; at < options.streams.length; at += STREAMS_AT_ONCE) {
    await run.compare(options.streams.slice(at, at + STREAMS_AT_ONCE));
  }
  await run.settle();
  return run;
}

class Run implements Reconciliation {
  readonly streams: StreamOutcome[] = [];
  readonly taken: (TakenId & { stream: string })[] = [];
  readonly refused: (RefusedRecord & { stream: string })[] = [];
  compared = 0;
  records = 0;
  readonly #options: ReconcileOptions;
  readonly #sentFrom: SealedStream[] = [];
  /** Hashes of what was refused: nobody need wait for those. */
  readonly #unwanted = new Set<string>();

  constructor(options: ReconcileOptions) {
    this.#options = options;
  }

  async compare(streams: readonly SealedStream[]): Promise<void> {
    const { index, thorough } = this.#options;
    const numbers = await index.numbers(streams.map(({ streamId }) => streamId));
    // Else whoever asks with the wrong credentials would send all that was ever sealed.
    if (!index.isThere) throw absent();
    for (const stream of streams) {
      try {
        const records = await stream.deliverable();
        this.compared++;
        this.records += records;
        if (thorough || !isComplete(numbers.get(stream.streamId), records)) await this.#compareOne(stream, records);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  }

  async #compareOne(stream: SealedStream, records: number): Promise<void> {
    const { index, reach, redelivery, hold } = this.#options;
    const outcome = newOutcome(stream.streamId, records);
    let mayBeSent: boolean | undefined;
    for await (const { missing, young, taken, open } of compareStream(stream, index, reach)) {
      outcome.young += young;
      outcome.taken += taken.length;
      this.#name(this.taken, taken, stream.streamId);
      const [first] = missing;
      if (first === undefined) continue;
      outcome.missing += missing.length;
      if (outcome.from === 0) outcome.from = first.number;
      outcome.to = missing.at(-1)?.number ?? first.number;
      if (redelivery === undefined) continue;
      if (mayBeSent === undefined) {
        const reason = await hold(stream);
        if (reason !== undefined) outcome.held = reason;
        mayBeSent = reason === undefined;
      }
      if (!mayBeSent) continue;
      const refused = await redelivery.send({ open, records: missing });
      this.#name(this.refused, refused, stream.streamId);
      for (const { hash } of refused) this.#unwanted.add(hash);
      outcome.refused += refused.length;
      outcome.sent += missing.length - refused.length;
    }
    outcome.stillMissing = outcome.missing;
    if (outcome.missing + outcome.young + outcome.taken > 0) this.streams.push(outcome);
    if (outcome.sent > 0) this.#sentFrom.push(stream);
  }

  /** Waits until what was sent can be searched, or the time is over. */
  async settle(): Promise<void> {
    const until = performance.now() + this.#options.waitMs;
    const outcomes = new Map(this.streams.map((outcome) => [outcome.stream, outcome]));
    for (const stream of this.#sentFrom) {
      try {
        await this.#settleOne(stream, outcomes.get(stream.streamId) as StreamOutcome, until);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  }

  async #settleOne(stream: SealedStream, outcome: StreamOutcome, until: number): Promise<void> {
    let behind = outcome.from - 1;
    for (;;) {
      const first = await this.#firstMissing(stream, behind, outcome.to);
      if (first === undefined) break;
      behind = first - 1;
      if (performance.now() + LOOK_MS > until) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    outcome.stillMissing = await this.#countMissing(stream, outcome.from - 1, outcome.to);
  }

  async #firstMissing(stream: SealedStream, behind: number, to: number): Promise<number | undefined> {
    for await (const { missing } of this.#again(stream, behind)) {
      const first = missing.find(({ hash }) => !this.#unwanted.has(hash));
      if (first !== undefined) return first.number <= to ? first.number : undefined;
    }
    return undefined;
  }

  async #countMissing(stream: SealedStream, behind: number, to: number): Promise<number> {
    let count = 0;
    for await (const { missing } of this.#again(stream, behind)) {
      count += missing.filter(({ number }) => number <= to).length;
      if ((missing.at(-1)?.number ?? 0) > to) break;
    }
    return count;
  }

  #again(stream: SealedStream, behind: number): ReturnType<typeof compareStream> {
    return compareStream(stream, this.#options.index, this.#options.reach, behind);
  }

  #name<T extends object>(list: (T & { stream: string })[], found: readonly T[], stream: string): void {
    for (const each of found.slice(0, MOST_NAMED - list.length)) list.push({ ...each, stream });
  }
}

function absent(): CliError {
  const remedy = 'check --data-stream and who asks. If it was deleted, make it anew and run this again';
  const how = 'PUT /_data_stream/logs-stepseal.audit.otel-default';
  return new CliError('NOT_FOUND', `There is no data stream that these credentials may see: ${remedy}: ${how}.`);
}

function newOutcome(stream: string, records: number): StreamOutcome {
  const none = { missing: 0, young: 0, sent: 0, stillMissing: 0, refused: 0, taken: 0, from: 0, to: 0 };
  return { stream, records, ...none };
}

/** 1 where an id is taken, 2 where something is missing still, else 0. */
export function exitCodeOf({ streams }: Reconciliation): 0 | 1 | 2 {
  if (streams.some(({ taken }) => taken > 0)) return 1;
  return streams.some(({ stillMissing, refused }) => stillMissing + refused > 0) ? 2 : 0;
}
