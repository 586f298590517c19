// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import fs, { type Dir } from 'node:fs';
import { join } from 'node:path';
import { codeOf, DRAFTS, Drafts, type EntryFileSystem, removeFile } from './drafts.ts';
import { type Entries, type EntryKind, type EntryValue, KEPT_AT_LEAST_MS } from './entries.ts';

/** A keyed hash or an id that the application chose, and for `done` the number of a later claim. Never a path. */
const NAME = /^[A-Za-z0-9_-]{1,64}(\.[1-9][0-9]{0,2})?$/;
/** Characters of a message authentication code: 132 of 256 bits. */
const CODE_LENGTH = 22;
/** Nothing that this module writes is longer. */
const MAX_BYTES = 65_536;
const MAX_FILES = 10_000;
/** A kind with this many times as many takes no new ones: then they come faster than they can be cleared away. */
const LAST_SHARE = 4;
const HOUR_MS = 3_600_000;
/** Older ones are of no use to anybody. An open step-up goes with its end, unless nobody can read it. */
const MAX_AGE_MS: Readonly<Record<EntryKind, number>> = {
  open: 30 * 24 * HOUR_MS,
  done: 24 * HOUR_MS,
  alias: 24 * HOUR_MS,
  session: 24 * HOUR_MS,
  demand: 24 * HOUR_MS,
  renewal: 24 * HOUR_MS,
  route: 7 * 24 * HOUR_MS,
};
const DRAFT_AGE_MS = HOUR_MS;

export interface FileEntriesOptions {
  /** `<dataDir>/ceremonies`. */
  readonly directory: string;
  /** Keys the code in each file. */
  readonly key: Uint8Array;
  /** Takes over for what the files cannot do. */
  readonly fallback: Entries;
  /** Told when the files cannot be used. */
  readonly failed: (error: unknown) => void;
  /** Whether the group may read the entries; default false. */
  readonly groupReadable?: boolean;
  /** Of a kind with more files than this the oldest go early. Default 10000. */
  readonly maxFiles?: number;
  readonly files?: EntryFileSystem;
  /** Wall milliseconds. */
  readonly now?: () => number;
}

/**
 * One small file an entry, `<directory>/<kind>/<name>`. A claim appears whole: it is linked into its place, and so the
 * first of several wins; what changes is renamed into its place. Nothing is synced: after a power cut the segments say what was told.
 *
 * Trust: whoever can write the directory can delete or bring back a file. He cannot make one up, nor change one: each
 * carries a code keyed with the correlation key over its kind, name and content, and one that does not fit is no entry.
 */
export class FileEntries implements Entries {
  readonly #options: FileEntriesOptions;
  readonly #files: EntryFileSystem;
  readonly #key: KeyObject;
  readonly #maxFiles: number;
  readonly #drafts: Drafts;
  readonly #walks = new Map<string, { directory: Dir; seen: number }>();
  /** Files of each kind when they were last counted in passing, and what this thread made and removed since. */
  readonly #counts = new Map<string, number>();

  constructor(options: FileEntriesOptions) {
    this.#options = options;
    this.#files = options.files ?? fs;
    this.#key = createSecretKey(options.key);
    this.#maxFiles = options.maxFiles ?? MAX_FILES;
    this.#drafts = new Drafts(options.directory, this.#files, options.groupReadable ?? false);
  }

  get(kind: EntryKind, name: string): unknown {
    return this.#read(kind, name) ?? this.#options.fallback.get(kind, name);
  }

  has(kind: EntryKind, name: string): boolean {
    const there = this.#attempt(() => this.#files.existsSync(this.#path(kind, name)));
    return there === true || this.#options.fallback.has(kind, name);
  }

  put(kind: EntryKind, name: string, value: EntryValue): void {
    const stored = this.#attempt(() => {
      const path = this.#path(kind, name);
      const known = this.#files.existsSync(path);
      if (!known && this.#count(kind) >= LAST_SHARE * this.#maxFiles) throw refused('TOO_MANY_FILES');
      this.#drafts.replace(path, this.#sealed(kind, name, value));
      if (!known) this.#counts.set(kind, this.#count(kind) + 1);
      return true;
    });
    if (stored === undefined) this.#options.fallback.put(kind, name, value);
  }

  claim(kind: EntryKind, name: string, value: EntryValue): boolean {
    const first = this.#attempt(() => {
      const won = this.#drafts.claim(this.#path(kind, name), this.#sealed(kind, name, value));
      if (won) this.#counts.set(kind, this.#count(kind) + 1);
      return won;
    });
    if (first !== undefined) return first;
    // What cannot be written may still be readable.
    return this.get(kind, name) === undefined && this.#options.fallback.claim(kind, name, value);
  }

  remove(kind: EntryKind, name: string): void {
    this.#options.fallback.remove(kind, name);
    this.#attempt(() => {
      if (removeFile(this.#files, this.#path(kind, name))) this.#counts.set(kind, this.#count(kind) - 1);
    });
  }

  /** Names in the order of the directory. What is older than it is worth is deleted in passing, drafts included. */
  async some(kind: EntryKind, limit: number): Promise<readonly string[]> {
    const names = await this.#walk(kind, limit);
    if (kind === 'open') await this.#walk(DRAFTS, limit);
    const held = await this.#options.fallback.some(kind, limit);
    return [...names, ...held.filter((name) => !names.includes(name))];
  }

  async #walk(kind: EntryKind | typeof DRAFTS, limit: number): Promise<string[]> {
    const names: string[] = [];
    try {
      let walk = this.#walks.get(kind);
      if (walk === undefined) {
        walk = { directory: await fs.promises.opendir(join(this.#options.directory, kind)), seen: 0 };
        this.#walks.set(kind, walk);
      }
      for (let looked = 0; looked < limit; looked += 1) {
        const entry = await walk.directory.read();
        if (entry === null) {
          this.#walks.delete(kind);
          await walk.directory.close();
          this.#counts.set(kind, walk.seen);
          break;
        }
        const path = join(this.#options.directory, kind, entry.name);
        const { mtimeMs } = await fs.promises.stat(path);
        if (this.#isOld(kind, entry.name, mtimeMs)) await fs.promises.unlink(path);
        else {
          walk.seen += 1;
          if (NAME.test(entry.name)) names.push(entry.name);
        }
      }
    } catch (error) {
      // No directory yet, or a file that another process deleted just now.
      if (codeOf(error) !== 'ENOENT') this.#options.failed(error);
    }
    return names;
  }

  crowded(kind: EntryKind): boolean {
    return this.#count(kind) > this.#maxFiles || this.#options.fallback.crowded(kind);
  }

  keptMs(kind: EntryKind): number {
    const share = Math.min(1, this.#maxFiles / Math.max(1, this.#count(kind)));
    return Math.max(KEPT_AT_LEAST_MS, MAX_AGE_MS[kind] * share);
  }

  /** Less than nothing after others' files were removed: then it is counted anew soon. */
  #count(kind: EntryKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  #isOld(kind: EntryKind | typeof DRAFTS, name: string, mtimeMs: number): boolean {
    const ageMs = this.#now() - mtimeMs;
    if (kind === DRAFTS) return ageMs > DRAFT_AGE_MS;
    if (kind !== 'open') return ageMs > this.keptMs(kind);
    return ageMs > MAX_AGE_MS.open && (!NAME.test(name) || this.#read(kind, name) === undefined);
  }

  #read(kind: EntryKind, name: string): unknown {
    return this.#attempt(() => {
      const path = this.#path(kind, name);
      // Asked first, because mostly there is none and an error costs more than the question; and because a pipe or a
      // device in its place, which whoever can write the directory can put there, would be read for ever.
      const found = this.#files.lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined || !found.isFile() || found.size > MAX_BYTES) return undefined;
      let text: string;
      try {
        text = this.#files.readFileSync(path, 'latin1');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
      const content = text.slice(CODE_LENGTH + 1, -1);
      if (text !== this.#withCode(kind, name, content)) return undefined;
      return JSON.parse(Buffer.from(content, 'latin1').toString('utf8')) as unknown;
    });
  }

  #path(kind: EntryKind, name: string): string {
    if (!NAME.test(name)) throw new TypeError('not a name of an entry');
    return join(this.#options.directory, kind, name);
  }

  #sealed(kind: EntryKind, name: string, value: EntryValue): string {
    const text = this.#withCode(kind, name, Buffer.from(JSON.stringify(value)).toString('latin1'));
    if (text.length > MAX_BYTES) throw refused('ENTRY_TOO_LONG');
    return text;
  }

  /** @param content one character a byte */
  #withCode(kind: EntryKind, name: string, content: string): string {
    const code = createHmac('sha256', this.#key).update(`ceremony 1\0${kind}\0${name}\0`).update(content, 'latin1');
    return `${code.digest('base64url').slice(0, CODE_LENGTH)} ${content}\n`;
  }

  #attempt<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.#options.failed(error);
      return undefined;
    }
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function refused(code: 'TOO_MANY_FILES' | 'ENTRY_TOO_LONG'): Error {
  return Object.assign(new Error('the entry was not written'), { code });
}
