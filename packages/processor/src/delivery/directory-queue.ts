// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type DeliveryCursor, readCursor } from '../data/cursor.ts';
import { systemCode } from '../errors.ts';
import type { FileSystem } from '../file-system.ts';
import type { Load } from './carrier.ts';
import { CursorFile } from './cursor-file.ts';
import { type ReadRecord, SegmentReader } from './segment-reader.ts';
import { SetAsideFile } from './set-aside-file.ts';
import { StreamIndex } from './stream-index.ts';

/** Records at hand that hold this much are not added to, a single one aside: memory stays bounded while a receiver takes none. */
const EXTENDED_BYTES = 1 << 20;

export interface DirectoryQueueOptions {
  readonly directory: string;
  readonly files: FileSystem;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** A file that stood in the way: the error, and what is not delivered because of it. */
  readonly onProblem: (message: string, error: unknown) => void;
}

/** The stream that is being written in this directory, as far as its notes reach. */
interface Live {
  readonly streamId: string;
  noted: number;
  bytes: number;
}

/**
 * What lies in one writer's directory and was not acknowledged, in order of stream and number. The files are the queue:
 * in memory is one window of records, of one stream.
 */
export class DirectoryQueue {
  readonly directory: string;
  readonly setAside: SetAsideFile;
  readonly #options: DirectoryQueueOptions;
  readonly #index: StreamIndex;
  readonly #cursorFile: CursorFile;
  #started = false;
  #listed = false;
  #live: Live | undefined;
  /** The stream being read; undefined before the first. */
  #current: string | undefined;
  #reader: SegmentReader | undefined;
  #open: Uint8Array = new Uint8Array();
  #window: ReadRecord[] = [];
  #turn = 0;
  /** Acknowledged or set aside, in the stream being read. */
  #done: { number: number; offset: number } = { number: 0, offset: 0 };

  constructor(options: DirectoryQueueOptions) {
    this.directory = options.directory;
    this.#options = options;
    this.#index = new StreamIndex(options.directory);
    this.#cursorFile = new CursorFile(options.files, options.directory);
    this.setAside = new SetAsideFile(options.files, options.directory);
  }

  /** A stream was opened here: those before it get no more. */
  opened(streamId: string): void {
    this.#live = { streamId, noted: 0, bytes: 0 };
    this.#listed = false;
  }

  noteWritten(streamId: string, size: number, bytes: number): void {
    if (this.#live?.streamId !== streamId) return;
    this.#live.noted = size;
    this.#live.bytes = bytes;
  }

  /** Records at hand, the oldest first. */
  get window(): readonly ReadRecord[] {
    return this.#window;
  }

  /** Another number when the records at hand are not what followed the last ones. */
  get turn(): number {
    return this.#turn;
  }

  /** Whether older streams than the one being written are left: only time tells when they may leave. */
  get behind(): boolean {
    return this.#live !== undefined && this.#current !== this.#live.streamId;
  }

  get streamId(): string | undefined {
    return this.#current;
  }

  /** Everything up to here is acknowledged or set aside. */
  get cursor(): DeliveryCursor | undefined {
    if (this.#current === undefined) return undefined;
    return { streamId: this.#current, ...this.#done, updatedMs: this.#options.now() };
  }

  /** So many of the records at hand, as a load. */
  load(from: number, count: number): Load {
    return { open: this.#open, records: this.#window.slice(from, from + count) };
  }

  /** Reads until there are records at hand. @returns false when nothing may leave by now */
  async fill(): Promise<boolean> {
    while (this.#window.length === 0) {
      await this.#start();
      if (this.#current === undefined) return false;
      const streamId = this.#current;
      const step = await this.#read(streamId);
      if (step === 'wait') return false;
      if (step === 'over' && !(await this.#turnTo(this.#index.after(streamId)))) return false;
    }
    return true;
  }

  /** Reads on although there are records at hand, unless they hold much memory. @returns whether there are more now */
  async extend(): Promise<boolean> {
    const { length } = this.#window;
    const bytes = this.#window.reduce((sum, { payload }) => sum + payload.length, 0);
    if (this.#current !== undefined && (length === 1 || bytes < EXTENDED_BYTES)) await this.#read(this.#current);
    return this.#window.length > length;
  }

  /** A record that is surely no worse than others, to ask the receiver with: the stream's first, else the newest stream's. */
  async other(number: number): Promise<Load | undefined> {
    const streamId = number === 1 ? this.#live?.streamId : this.#current;
    if (streamId === undefined || (number === 1 && streamId === this.#current)) return undefined;
    const reader = await SegmentReader.open(this.#index.path(streamId), 0);
    try {
      const [record] = await reader.read(undefined);
      return record === undefined ? undefined : { open: record.payload, records: [record] };
    } finally {
      await reader.close();
    }
  }

  /** The first records at hand are acknowledged or set aside. */
  drop(count: number): void {
    const last = this.#window[count - 1];
    if (last === undefined) return;
    this.#window.splice(0, count);
    this.#done = { number: last.number, offset: last.end };
    this.save(false);
  }

  save(final: boolean): void {
    const { cursor } = this;
    if (cursor === undefined) return;
    try {
      this.#cursorFile.write(cursor, final);
    } catch (error) {
      this.#options.onProblem('the delivery cursor cannot be written; after a restart records are sent again', error);
    }
  }

  /** What is left here: a stream that nobody counted has bytes only. */
  async backlog(): Promise<{ streams: number; records: number; bytes: number }> {
    let streams = 0;
    let records = 0;
    let bytes = 0;
    for (const id of this.#index.ids) {
      if (this.#current !== undefined && id < this.#current) continue;
      const done = id === this.#current ? this.#done : { number: 0, offset: 0 };
      const isLive = id === this.#live?.streamId;
      const adoption = isLive ? undefined : await this.#index.adoption(id);
      const last = isLive ? (this.#live?.noted ?? 0) : typeof adoption === 'object' ? adoption.number : 0;
      const left = Math.max(0, last - done.number);
      if (left === 0 && (isLive || adoption !== undefined)) continue;
      streams++;
      records += left;
      bytes += Math.max(0, (await this.#index.bytes(id)) - done.offset);
    }
    return { streams, records, bytes };
  }

  async close(): Promise<void> {
    this.save(true);
    await this.#closeReader();
  }

  async #start(): Promise<void> {
    if (!this.#listed) {
      // Set first: a stream that opens meanwhile is looked for once more.
      this.#listed = true;
      try {
        await this.#index.list();
      } catch (error) {
        this.#listed = false;
        throw error;
      }
    }
    if (this.#started) {
      if (this.#current === undefined) await this.#turnTo(this.#index.after(undefined));
      return;
    }
    this.#started = true;
    const cursor = readCursor(this.directory);
    const { ids } = this.#index;
    // A cursor behind all streams is of no stream that ever was here.
    if (cursor === undefined || cursor.streamId > (ids.at(-1) ?? '')) await this.#turnTo(this.#index.after(undefined));
    else if (ids.includes(cursor.streamId)) await this.#turnTo(cursor.streamId, cursor.number);
    else await this.#turnTo(this.#index.after(cursor.streamId));
  }

  async #turnTo(streamId: string | undefined, number = 0): Promise<boolean> {
    if (streamId === undefined) return false;
    await this.#closeReader();
    this.#current = streamId;
    this.#done = { number, offset: 0 };
    return true;
  }

  async #read(streamId: string): Promise<'more' | 'wait' | 'over'> {
    const live = this.#live?.streamId === streamId ? this.#live : undefined;
    if (live !== undefined && live.noted <= (this.#window.at(-1)?.number ?? this.#done.number)) return 'wait';
    // What is still held lies in the reader's buffer, which it uses again.
    const held = this.#window.map((record) => ({ ...record, payload: Uint8Array.from(record.payload) }));
    try {
      const adoption = live === undefined ? await this.#index.adoption(streamId) : undefined;
      this.#reader ??= await this.#openReader(streamId);
      this.#reader.grown(live?.bytes ?? (await this.#index.bytes(streamId)));
      const records = await this.#reader.read(adoption === 'awaited' ? undefined : adoption);
      const wanted = records.filter(({ number }) => !this.setAside.has(streamId, number));
      const last = records.at(-1);
      this.#window = [...held, ...wanted];
      if (this.#window.length === 0 && last !== undefined) this.#done = { number: last.number, offset: last.end };
      if (last !== undefined) return 'more';
      return live === undefined && adoption !== 'awaited' ? 'over' : 'wait';
    } catch (error) {
      // What was read so far and not handed over has to be read once more.
      await this.#closeReader();
      if (systemCode(error) === 'ENOENT') {
        // Deleted by somebody else: what of it was not delivered cannot be any more.
        this.#options.onProblem(`segment ${streamId} is gone; what of it was not delivered stays behind`, error);
        return 'over';
      }
      throw error;
    }
  }

  async #openReader(streamId: string): Promise<SegmentReader> {
    const head = await this.#index.head(streamId);
    this.#open = head?.open ?? new Uint8Array();
    const reader = await SegmentReader.open(this.#index.path(streamId), this.#done.number);
    // Whether a cursor speaks of this file is known only now.
    this.#done = reader.position;
    return reader;
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#window = [];
    this.#turn++;
    await reader?.close().catch(() => {});
  }
}
