// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { absentAsUndefined } from './absent.ts';
import { StreamTail, type TailedRecord } from './stream-tail.ts';

const SEGMENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.ndjson$/;

/** Something that a reader of the feed must know, in words and by name. */
export interface Notice {
  readonly notice: 'stream_absent' | 'stream_gone' | 'stream_replaced' | 'records_missing';
  readonly stream: string;
  /** The last record of the stream that was given. */
  readonly after: number;
  readonly message: string;
}

export interface TailStart {
  /** Numbers of the last records that the reader has, by stream. */
  readonly after: ReadonlyMap<string, number>;
  /** From the beginning of all that is there. */
  readonly all: boolean;
  /** Also what no note covers yet. */
  readonly unsealed: boolean;
}

/** Follows all writers of a data directory. */
export class DirectoryTail {
  readonly #writers: string;
  readonly #start: TailStart;
  readonly #directories = new Map<string, Map<string, StreamTail>>();
  /** Streams that were there at some time, or are behind the start. */
  readonly #known = new Set<string>();
  #first = true;

  constructor(dataDir: string, start: TailStart) {
    this.#writers = join(dataDir, 'writers');
    this.#start = start;
  }

  /** Directories to be watched for changes. */
  get directories(): readonly string[] {
    return [this.#writers, ...this.#directories.keys()];
  }

  /** What is new since the last call. Within a stream, records come in their order. */
  *advance(): Generator<TailedRecord | Notice> {
    for (const name of entries(this.#writers)) {
      const directory = join(this.#writers, name);
      const found = entries(directory).flatMap((file) => SEGMENT.exec(file)?.[1] ?? []);
      if (found.length > 0 || this.#directories.has(directory)) yield* this.#advanceWriter(directory, found);
    }
    if (this.#first) yield* this.#absent();
    this.#first = false;
  }

  *#advanceWriter(directory: string, found: readonly string[]): Generator<TailedRecord | Notice> {
    const tails = this.#directories.get(directory) ?? new Map<string, StreamTail>();
    this.#directories.set(directory, tails);
    this.#discover(directory, tails, found);
    for (const tail of tails.values()) {
      if (tail.look()) continue;
      tails.delete(tail.streamId);
      yield notice('stream_replaced', tail, 'has become shorter and is not followed any more: run stepseal verify');
    }
    for (const { predecessor, covered } of tails.values()) {
      // A crashed stream gets no note any more; the stream that goes on names its last record, under its own first note.
      if (predecessor !== undefined && covered > 0) tails.get(predecessor.streamId)?.endAt(predecessor.number);
    }
    if (this.#first)
      for (const tail of tails.values())
        if (tail.isBehindReader())
          yield notice('stream_replaced', tail, 'holds fewer records than --after says: run stepseal verify');
    const there = new Set(found);
    for (const tail of tails.values()) {
      yield* this.#before(tail);
      if (this.#first && this.#isSilent()) tail.skip(this.#start.unsealed);
      yield* tail.take(this.#start.unsealed);
      if (tail.ended) tails.delete(tail.streamId);
      else if (!there.has(tail.streamId)) {
        tails.delete(tail.streamId);
        yield notice('stream_gone', tail, 'is not there any more (deleted by retention, or moved)');
      }
    }
  }

  /** Begins to follow what was not there before: in the order of their names, which is that of their beginnings. */
  #discover(directory: string, tails: Map<string, StreamTail>, found: readonly string[]): void {
    const { after } = this.#start;
    const started = this.#first && after.size > 0 ? found.findLastIndex((id) => after.has(id)) : -1;
    for (const [at, streamId] of found.entries()) {
      if (this.#known.has(streamId)) continue;
      this.#known.add(streamId);
      const passed = at < started || (this.#first && this.#isSilent() && at < found.length - 1);
      if (passed && !after.has(streamId)) continue;
      tails.set(streamId, new StreamTail(join(directory, `${streamId}.ndjson`), streamId, after.get(streamId) ?? 0));
    }
  }

  /** Only what is new is wanted. */
  #isSilent(): boolean {
    return !this.#start.all && this.#start.after.size === 0;
  }

  /** Says that the stream before this one is not there, and was not when this feed began. */
  *#before(tail: StreamTail): Generator<Notice> {
    const { predecessor } = tail;
    if (predecessor === undefined || this.#known.has(predecessor.streamId)) return;
    this.#known.add(predecessor.streamId);
    if (this.#first && this.#isSilent()) return;
    const message = `Stream ${predecessor.streamId}, which comes before ${tail.streamId}, is not there (deleted by retention, or moved).`;
    yield { notice: 'stream_absent', stream: predecessor.streamId, after: 0, message };
  }

  *#absent(): Generator<Notice> {
    for (const [stream, after] of this.#start.after) {
      if (this.#known.has(stream)) continue;
      this.#known.add(stream);
      const message = `Stream ${stream} is not there (deleted by retention, or moved): all that is there was given.`;
      yield { notice: 'stream_absent', stream, after, message };
    }
  }
}

function notice(kind: Notice['notice'], { streamId, given }: StreamTail, what: string): Notice {
  return { notice: kind, stream: streamId, after: given, message: `Stream ${streamId} ${what}.` };
}

function entries(directory: string): string[] {
  return absentAsUndefined(directory, () => readdirSync(directory).sort()) ?? [];
}
