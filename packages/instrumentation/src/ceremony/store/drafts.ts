// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { KINDS } from './entries.ts';

/** The calls of `node:fs` that entries are made of, so that a test can let each of them fail, or be the last. */
export type EntryFileSystem = Pick<
  typeof fs,
  'existsSync' | 'linkSync' | 'lstatSync' | 'mkdirSync' | 'readFileSync' | 'renameSync' | 'unlinkSync' | 'writeFileSync'
>;

/** The folder of files that are on their way into place. */
export const DRAFTS = 'draft';
const OWNER = { directory: 0o700, file: 0o600 } as const;
const OWNER_AND_GROUP = { directory: 0o750, file: 0o640 } as const;
/** Empty drafts held ready: what a step-up writes in one go, and a little more. */
const SPARES = 6;

/** Puts files into the folders of a directory so that each appears whole. Makes the folders when they are not there. */
export class Drafts {
  readonly #directory: string;
  readonly #files: EntryFileSystem;
  readonly #modes: typeof OWNER | typeof OWNER_AND_GROUP;
  readonly #nonce = randomBytes(8).toString('hex');
  readonly #spares: string[] = [];
  #making = 0;
  #named = 0;
  #madeFolders = false;

  constructor(directory: string, files: EntryFileSystem, groupReadable: boolean) {
    this.#directory = directory;
    this.#files = files;
    this.#modes = groupReadable ? OWNER_AND_GROUP : OWNER;
  }

  /** In place of what lies there. */
  replace(path: string, text: string): void {
    this.#write(text, (draft) => this.#files.renameSync(draft, path));
  }

  /** @returns false when there is one already: of all who try, one gets true */
  claim(path: string, text: string): boolean {
    return this.#write(text, (draft) => this.#link(draft, path));
  }

  /** @param place puts the draft, a file that is complete, where it belongs */
  #write<T>(text: string, place: (draft: string) => T): T {
    if (!this.#madeFolders) this.#makeFolders();
    const spare = this.#spares.pop();
    this.#refill();
    try {
      return this.#place(spare ?? this.#newName(), text, spare === undefined ? 'wx' : 'r+', place);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // Somebody has deleted the directory under us, or the draft, as left behind.
      this.#makeFolders();
      return this.#place(this.#newName(), text, 'wx', place);
    }
  }

  #place<T>(draft: string, text: string, flag: 'wx' | 'r+', place: (draft: string) => T): T {
    try {
      this.#files.writeFileSync(draft, text, { flag, mode: this.#modes.file, encoding: 'latin1' });
      return place(draft);
    } catch (error) {
      removeFile(this.#files, draft);
      throw error;
    }
  }

  #newName(): string {
    return join(this.#directory, DRAFTS, `${this.#nonce}-${this.#named++}`);
  }

  /** Making a file is the dear part on many file systems, so a few empty ones are made beside the requests. */
  #refill(): void {
    for (; this.#making + this.#spares.length < SPARES; this.#making += 1) {
      const draft = this.#newName();
      fs.promises
        .writeFile(draft, '', { flag: 'wx', mode: this.#modes.file })
        .then(() => this.#spares.push(draft))
        // Then the next entry makes its own, or says what is wrong.
        .catch(() => {})
        .finally(() => {
          this.#making -= 1;
        });
    }
  }

  #link(draft: string, path: string): boolean {
    try {
      this.#files.linkSync(draft, path);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return false;
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
      return this.#createInstead(draft, path);
    } finally {
      removeFile(this.#files, draft);
    }
  }

  /** File systems without hard links: exclusive creation has one winner too, but its content comes a moment later. */
  #createInstead(draft: string, path: string): boolean {
    try {
      this.#files.writeFileSync(path, this.#files.readFileSync(draft), { flag: 'wx', mode: this.#modes.file });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  #makeFolders(): void {
    for (const kind of [...KINDS, DRAFTS]) {
      this.#files.mkdirSync(join(this.#directory, kind), { recursive: true, mode: this.#modes.directory });
    }
    this.#madeFolders = true;
  }
}

/** @returns whether it was there */
export function removeFile(files: EntryFileSystem, path: string): boolean {
  try {
    files.unlinkSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
