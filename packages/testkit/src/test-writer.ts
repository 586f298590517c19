// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { seedBytes } from './seeded-random.ts';
import { lineHash, type RecordLine, type SegmentLine, segmentBytes } from './segment-lines.ts';
import { type Predecessor, StreamBuilder } from './stream-builder.ts';
import { TestClock } from './test-clock.ts';
import { type TestKey, testKey } from './test-key.ts';

export interface WriterOptions {
  readonly label: string;
  readonly deployment?: string;
  readonly identity?: TestKey;
  readonly clock?: TestClock;
  /** Whether rolled streams carry the identity, as the processor writes them; `false` is the form of before. */
  readonly identityAlways?: boolean;
}

/** What a crash leaves of the stream it hits. */
export interface CrashShape {
  /** Whole lines that reached the disk; all of them unless given. */
  readonly keepLines?: number;
  /** Bytes behind them that are no whole line. */
  readonly torn?: Uint8Array;
}

export interface WrittenStream {
  readonly stream: StreamBuilder;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One writer directory: streams that follow each other by roll, normal end or crash. */
export class TestWriter {
  readonly deployment: string;
  readonly clock: TestClock;
  readonly writerId: string;
  identity: TestKey;
  readonly #identityAlways: boolean;
  readonly #label: string;
  readonly #written: WrittenStream[] = [];
  #current: StreamBuilder | undefined;
  #predecessor: Predecessor = { cause: 'first' };
  #count = 0;

  constructor(options: WriterOptions) {
    this.#label = options.label;
    this.deployment = options.deployment ?? 'demo.bank';
    this.clock = options.clock ?? new TestClock();
    this.identity = options.identity ?? testKey(this.deployment, `identity/${this.deployment}`);
    this.#identityAlways = options.identityAlways ?? true;
    this.writerId = seedBytes(`writer/${options.label}`, 8).toString('hex');
  }

  get current(): StreamBuilder {
    if (this.#current === undefined) {
      throw new Error('this writer has no open stream');
    }
    return this.#current;
  }

  /** A process starts: it opens a stream that names what it found. */
  start(): StreamBuilder {
    this.#current = this.#next({ identity: this.identity, predecessor: this.#predecessor });
    return this.#current.open();
  }

  /** A process starts and finds what another hand than this writer's left. */
  startAfter(predecessor: Predecessor): StreamBuilder {
    this.#predecessor = predecessor;
    return this.start();
  }

  /** A process starts and dies before its open note is written. */
  startWithoutNote(): StreamBuilder {
    this.#current = this.#next({ identity: this.identity, predecessor: this.#predecessor });
    return this.#current.open(false);
  }

  /** Normal end. */
  close(): this {
    const stream = this.current.close();
    this.#end(stream, stream.bytes());
    this.#predecessor = { ...lastOf(stream), cause: 'closed', validBytes: stream.byteLength() };
    return this;
  }

  /** Close and go on in the stream that the close record names. */
  roll(): StreamBuilder {
    const stream = this.current;
    const next = this.#next({});
    stream.close({ next });
    this.#end(stream, stream.bytes());
    this.#current = new StreamBuilder({
      label: this.#streamLabel(this.#count),
      deployment: this.deployment,
      clock: this.clock,
      streamId: next.streamId,
      streamKey: next.streamKey,
      predecessor: { ...lastOf(stream), cause: 'roll' },
      ...(this.#identityAlways ? { identity: this.identity } : {}),
    });
    return this.#current.open();
  }

  crash(shape: CrashShape = {}): this {
    const stream = this.current;
    const kept = stream.lines.slice(0, shape.keepLines ?? stream.lines.length);
    const valid = segmentBytes(kept);
    const torn = shape.torn ?? new Uint8Array();
    this.#end(stream, Buffer.concat([valid, torn]));
    this.#predecessor = adoption(stream.streamId, kept, torn);
    return this;
  }

  /** Every stream ended so far, and the running one as it stands. */
  get streams(): readonly WrittenStream[] {
    const running = this.#current;
    return running === undefined
      ? this.#written
      : [...this.#written, { stream: running, path: this.#path(running), bytes: running.bytes() }];
  }

  /** Path below the data directory to bytes. */
  files(): Map<string, Uint8Array> {
    return new Map(this.streams.map(({ path, bytes }) => [path, bytes]));
  }

  #next(options: { identity?: TestKey; predecessor?: Predecessor }): StreamBuilder {
    this.#count += 1;
    return new StreamBuilder({
      label: this.#streamLabel(this.#count),
      deployment: this.deployment,
      clock: this.clock,
      identityAlways: this.#identityAlways && options.identity !== undefined,
      ...options,
    });
  }

  #streamLabel(count: number): string {
    return `${this.#label}/${count}`;
  }

  #path(stream: StreamBuilder): string {
    return `writers/${this.writerId}/${stream.streamId}.ndjson`;
  }

  #end(stream: StreamBuilder, bytes: Uint8Array): void {
    this.#written.push({ stream, path: this.#path(stream), bytes });
    this.#current = undefined;
  }
}

function lastOf(stream: StreamBuilder): Pick<Predecessor, 'streamId' | 'number' | 'hash'> {
  return { streamId: stream.streamId, number: stream.number, hash: stream.lastHash };
}

/** What a successor says of a stream that ended in whole lines and then torn bytes. */
export function adoption(streamId: string, kept: readonly SegmentLine[], torn: Uint8Array): Predecessor {
  const last = kept.findLast((line): line is RecordLine => line.kind === 'record');
  if (last === undefined) {
    throw new RangeError('a stream without a single record is not named as predecessor');
  }
  return {
    cause: 'crash',
    streamId,
    number: last.number,
    hash: lineHash(last),
    validBytes: segmentBytes(kept).length,
    tornBytes: torn.length,
    ...(torn.length === 0 ? {} : { tornSha256: createHash('sha256').update(torn).digest('hex') }),
  };
}
