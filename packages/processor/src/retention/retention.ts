// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { CURSOR_FILE } from '../data/cursor.ts';
import { SET_ASIDE_FILE } from '../data/set-aside.ts';
import type { Report } from '../diagnostics.ts';
import { systemCode } from '../errors.ts';
import { type FileSystem, syncDirectory } from '../file-system.ts';
import { claimAbandoned, type OwnerClaim } from '../owner.ts';
import type { ProcessTable } from '../process-identity.ts';
import type { Writer } from '../writer.ts';
import type { Declaration } from './declaration.ts';
import { declare } from './declare.ts';
import { deliveredNumber, type Inventory, readPin, takeInventory, writerOf } from './inventory.ts';
import { type Planned, planDeletions, type StoredStream } from './plan.ts';
import { type Pin, readStream, type WholeStream } from './read-stream.ts';
import { limitsAnything, type RetentionSettings } from './settings.ts';
import { stillNeeded } from './still-needed.ts';

/** The first look comes soon enough for processes that do not live long, and not while they start. */
const FIRST_LOOK_MS = 10_000;
const LOOK_EVERY_MS = 60_000;

/** Streams deleted under one note: what is read again when something goes wrong between. */
const BATCH = 8;

export interface RetentionOptions {
  readonly settings: RetentionSettings;
  readonly dataDir: string;
  readonly writer: Writer;
  readonly files: FileSystem;
  readonly processes: ProcessTable;
  readonly clock: Clock;
  readonly report: Report;
  /** Whether this process delivers: then only what was acknowledged is deleted. */
  readonly delivers: boolean;
  /** Bytes that are free for this process; default those of the file system. */
  readonly freeBytes?: () => number;
}

/**
 * Deletes whole streams by the stated retention (docs/retention.md). Each deletion is declared by a `stepseal.prune`
 * record that is under a durable note before the file goes, so that a crash at any line leaves either the file or a
 * declaration of its absence.
 */
export class Retention {
  readonly #options: RetentionOptions;
  /** Streams that were looked at and must stay, by path, with the size and time at which that was found. */
  readonly #kept = new Map<string, string>();
  /** Streams that were read and not delivered to their end, with the number up to which they were. */
  readonly #undelivered = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Looks now and then from now on. Never keeps the process alive. */
  start(): void {
    if (this.#timer !== undefined || this.#stopped || !limitsAnything(this.#options.settings)) return;
    const look = (): void => {
      void this.run().finally(() => {
        if (!this.#stopped) this.#timer = setTimeout(look, LOOK_EVERY_MS).unref();
      });
    };
    this.#timer = setTimeout(look, FIRST_LOOK_MS).unref();
  }

  /** Nothing is deleted any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Deletes what is due. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #run(): Promise<void> {
    const { files, dataDir, settings, delivers, clock, writer } = this.#options;
    if (this.#stopped || !limitsAnything(settings) || writer.progress.state !== 'open') return;
    const inventory = takeInventory(files, dataDir, delivers);
    const plan = planDeletions(
      {
        streams: inventory.candidates.filter((stream) => this.#isNews(stream)),
        totalBytes: inventory.totalBytes,
        freeBytes: settings.minFreeBytes > 0 ? this.#freeBytes() : 0,
        nowMs: clock.wallMs(),
        condition: delivers ? 'delivered and ' : '',
      },
      settings,
    );
    this.#removeOrphans(inventory);
    this.#forgetGone(inventory);
    for (const directory of new Set(plan.map((stream) => stream.directory))) {
      const due = plan.filter((stream) => stream.directory === directory);
      // One directory that cannot be touched stops nothing in the others.
      await this.#prune(directory, due, inventory).catch((error) => this.#failed(error));
    }
  }

  #failed(error: unknown): void {
    this.#options.report('RETENTION_FAILED', 'streams that are due could not be deleted; it is tried again', error);
  }

  async #prune(directory: string, plan: readonly Planned[], inventory: Inventory): Promise<void> {
    const own = this.#ownDirectory() === directory;
    const claim = own ? undefined : this.#claim(plan);
    if (!own && claim === undefined) return;
    const holds = (): boolean => (claim === undefined ? this.#ownDirectory() === directory : !claim.superseded());
    try {
      const gone = new Set<string>();
      for (let at = 0; at < plan.length; at += BATCH) {
        const going = await this.#declare(plan.slice(at, at + BATCH), inventory, gone);
        if (this.#stopped || !holds()) return;
        this.#delete(directory, going);
        for (const { streamId } of going) gone.add(streamId);
      }
      if (claim !== undefined) this.#removeIfEmpty(directory);
    } finally {
      claim?.release();
    }
  }

  /** @returns the streams whose deletion is declared under a durable note */
  async #declare(batch: readonly Planned[], inventory: Inventory, gone: ReadonlySet<string>): Promise<Planned[]> {
    const { files, writer, clock } = this.#options;
    const going: Planned[] = [];
    const declarations: Declaration[] = [];
    const carried: Declaration[] = [];
    for (const stream of batch) {
      const whole = this.#stopped ? undefined : await this.#read(stream, inventory);
      if (whole === undefined) continue;
      going.push(stream);
      declarations.push({ streamId: stream.streamId, size: whole.size, root: whole.root, policy: stream.policy });
      carried.push(...whole.declared);
    }
    if (going.length === 0) return [];
    const leaving = new Set([...gone, ...going.map(({ streamId }) => streamId)]);
    const staying = inventory.streams.filter(({ streamId }) => !leaving.has(streamId));
    const again = stillNeeded(carried, leaving, staying, clock.wallMs(), (path) => readPin(files, path)?.streamId);
    return (await declare(files, writer, clock, [...declarations, ...again])) ? going : [];
  }

  #delete(directory: string, going: readonly Planned[]): void {
    const { files } = this.#options;
    for (const { streamId, path } of going) {
      // From here on the file may be missing at any moment, and nobody is alarmed.
      unlink(files, path);
      unlink(files, join(directory, `${streamId}.signatures`));
    }
    if (going.length > 0) syncDirectory(files, directory);
  }

  /** Reads a stream before it is deleted; one that is not what was sealed stays, as evidence. */
  async #read(stream: StoredStream, inventory: Inventory): Promise<WholeStream | undefined> {
    const { files, report } = this.#options;
    const closed = (files.statSync(stream.path).mode & 0o222) === 0;
    const pin = closed ? undefined : successorOf(files, stream, inventory);
    if (!closed && pin === undefined) return undefined;
    const whole = await readStream(files, stream.path, stream.streamId, pin);
    if (whole === undefined) {
      this.#kept.set(stream.path, stateOf(stream));
      report('RETENTION_KEPT', `${stream.path} is due and stays: it is not what its notes say. Verify it`);
      return undefined;
    }
    const delivered = deliveredNumber(stream);
    if (delivered >= whole.size) return whole;
    this.#undelivered.set(stream.path, delivered);
    return undefined;
  }

  /** Whether reading the stream may lead to another end than the last time. */
  #isNews(stream: StoredStream): boolean {
    const { path } = stream;
    const before = this.#undelivered.get(path);
    return this.#kept.get(path) !== stateOf(stream) && (before === undefined || before !== deliveredNumber(stream));
  }

  #forgetGone({ streams }: Inventory): void {
    const present = new Set(streams.map(({ path }) => path));
    for (const found of [this.#kept, this.#undelivered])
      for (const path of found.keys()) if (!present.has(path)) found.delete(path);
  }

  #claim([first]: readonly Planned[]): OwnerClaim | undefined {
    const { files, processes, dataDir, clock } = this.#options;
    if (first === undefined) return undefined;
    return claimAbandoned({ files, processes, dataDir, now: () => clock.wallMs() }, writerOf(first));
  }

  #ownDirectory(): string | undefined {
    const { file } = this.#options.writer.progress;
    return file === undefined ? undefined : dirname(file);
  }

  /** A crash between segment and sidecar leaves the latter. */
  #removeOrphans({ orphans }: Inventory): void {
    for (const path of orphans) unlink(this.#options.files, path);
  }

  /** The directory of a writer that is gone, with nothing left in it to verify or to deliver. */
  #removeIfEmpty(directory: string): void {
    const { files } = this.#options;
    const names = files.readdirSync(directory);
    const evidence = names.filter(
      (name) => !/^owner\.|^draft\./.test(name) && ![CURSOR_FILE, SET_ASIDE_FILE].includes(name),
    );
    if (evidence.length > 0) return;
    for (const name of names) unlink(files, join(directory, name));
    try {
      // Not empty when somebody has claimed it meanwhile: then it is his.
      files.rmdirSync(directory);
    } catch {}
  }

  #freeBytes(): number {
    const { freeBytes, dataDir } = this.#options;
    if (freeBytes !== undefined) return freeBytes();
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize;
  }
}

/** What tells that a file has not changed since it was looked at. */
function stateOf({ bytes, changedMs }: StoredStream): string {
  return `${bytes} ${changedMs}`;
}

/** The end of a stream that its successor in the same directory names. */
function successorOf(files: FileSystem, stream: StoredStream, { streams }: Inventory): Pin | undefined {
  for (const { directory, streamId, path } of streams) {
    if (directory !== stream.directory || streamId <= stream.streamId) continue;
    const pin = readPin(files, path);
    if (pin?.streamId === stream.streamId) return pin;
  }
  return undefined;
}

function unlink(files: FileSystem, path: string): void {
  try {
    files.unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
