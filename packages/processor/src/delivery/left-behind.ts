// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, openSync, readSync } from 'node:fs';
import { isNoteLine } from '@stepseal/core/format';
import { adoptNewestInSteps } from '../adopt.ts';
import { readCursor } from '../data/cursor.ts';
import { listWriter, type WriterListing, writerIds } from '../data/writers.ts';
import { claimAbandoned, type OwnerClaim } from '../owner.ts';
import { Writer } from '../writer.ts';
import type { WriterOptions } from '../writer-options.ts';
import type { LeftBehind } from './delivery-parts.ts';
import type { DirectoryQueue } from './directory-queue.ts';
import { within } from './within.ts';

/** When to look for directories of dead writers, in monotonic milliseconds. */
export interface LookAround {
  /** After the start. */
  readonly firstMs: number;
  /** After the last look. */
  readonly everyMs: number;
}

export const LOOK_AROUND: LookAround = { firstMs: 30_000, everyMs: 300_000 };

/** Milliseconds for the open note. A signer that takes longer leaves a stream that somebody adopts. */
const NOTE_MS = 10_000;

/** Longest end of a segment that is looked through for records. */
const TAIL_BYTES = 16_384;

/**
 * Directories whose owners are gone and that hold what nobody delivered: a process that was never started again, a replica
 * that is one fewer. One at a time is claimed; a stream is opened and closed in it, which adopts what the dead owner left
 * behind its last note, and then it is delivered and let go.
 */
export class LeftBehindDirectories implements LeftBehind {
  readonly #options: WriterOptions;
  readonly #queueOf: (directory: string) => DirectoryQueue;
  readonly #times: LookAround;
  #dueMs: number;
  /** Ids of directories that this look has not come to. */
  #unseen: string[] = [];
  #claim: OwnerClaim | undefined;

  /** @param options of this process's writer */
  constructor(options: WriterOptions, queueOf: (directory: string) => DirectoryQueue, times: LookAround) {
    this.#options = options;
    this.#queueOf = queueOf;
    this.#times = times;
    this.#dueMs = options.clock.monotonicMs() + times.firstMs;
  }

  async next(): Promise<DirectoryQueue | undefined> {
    const { dataDir, report } = this.#options;
    if (this.#claim !== undefined) return undefined;
    for (let writerId = this.#nextId(); writerId !== undefined; writerId = this.#unseen.shift()) {
      // There may be hundreds, and requests come in between.
      await new Promise(setImmediate);
      try {
        if (!isLeft(listWriter(dataDir, writerId))) continue;
        this.#claim = claimAbandoned({ ...this.#options, now: () => this.#options.clock.wallMs() }, writerId);
        if (this.#claim !== undefined) return await this.#adopt(this.#claim);
      } catch (error) {
        // The next one is not held up by it.
        this.release();
        report('DELIVERY_FILE', 'a directory that another process left behind cannot be delivered by now', error);
      }
    }
    return undefined;
  }

  /** The next directory of the look under way, or the first of a new one if it is time. */
  #nextId(): string | undefined {
    const { clock, dataDir } = this.#options;
    if (this.#unseen.length === 0 && clock.monotonicMs() >= this.#dueMs) {
      this.#dueMs = clock.monotonicMs() + this.#times.everyMs;
      this.#unseen = [...writerIds(dataDir)];
    }
    return this.#unseen.shift();
  }

  release(): void {
    this.#claim?.release();
    this.#claim = undefined;
  }

  async #adopt(claim: OwnerClaim): Promise<DirectoryQueue> {
    const queue = this.#queueOf(claim.directory);
    const predecessor = await adoptNewestInSteps(this.#options.files, claim.directory);
    const writer = new Writer({
      ...this.#options,
      delivery: {
        opened: (streamId) => queue.opened(streamId),
        noteWritten: (streamId, size, bytes) => queue.noteWritten(streamId, size, bytes),
      },
      // Held until everything is delivered, not only until the stream in it is closed.
      predecessor,
      claim: { ...claim, superseded: () => claim.superseded(), release: () => {} },
    });
    writer.startOrThrow();
    await within(NOTE_MS, writer.flush());
    writer.shutDown();
    return queue;
  }
}

/** Whether records lie here that were not delivered. What lives is left alone by whoever claims. */
function isLeft({ directory, segments, owner }: WriterListing): boolean {
  const newest = segments.at(-1);
  if (newest === undefined || owner === undefined) return false;
  const cursor = readCursor(directory);
  if (cursor === undefined || cursor.streamId !== newest.streamId) {
    return cursor === undefined || cursor.streamId < newest.streamId;
  }
  const left = newest.bytes - cursor.offset;
  return left > TAIL_BYTES || (left > 0 && holdsRecord(newest.path, cursor.offset, left));
}

function holdsRecord(path: string, offset: number, length: number): boolean {
  const bytes = Buffer.alloc(length);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, bytes, 0, length, offset);
  } finally {
    closeSync(fd);
  }
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    if (!isNoteLine(bytes, start)) return true;
    start = end + 1;
  }
  return false;
}
