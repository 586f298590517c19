// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { readSetAside, SET_ASIDE_FILE, type SetAsideEntry } from '../data/set-aside.ts';
import type { FileSystem } from '../file-system.ts';

const MODE = 0o640;

/** The list of records of one writer's directory that are not sent again. */
export class SetAsideFile {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #known: Set<string>;

  constructor(files: FileSystem, directory: string) {
    this.#files = files;
    this.#path = join(directory, SET_ASIDE_FILE);
    this.#known = new Set(readSetAside(directory).map(({ streamId, number }) => key(streamId, number)));
  }

  has(streamId: string, number: number): boolean {
    return this.#known.has(key(streamId, number));
  }

  /** Adds a record that a signed record declares. @throws what the file system throws: then it is not in the list */
  add(entry: SetAsideEntry): void {
    // A line feed first: what a crash tore off before this stays a line of its own, which readers leave out.
    const text = Buffer.from(`\n${JSON.stringify(entry)}\n`);
    const fd = this.#files.openSync(this.#path, 'a', MODE);
    try {
      for (let at = 0; at < text.length; ) at += this.#files.writeSync(fd, text, at, text.length - at);
    } finally {
      this.#files.closeSync(fd);
    }
    this.#known.add(key(entry.streamId, entry.number));
  }
}

function key(streamId: string, number: number): string {
  return `${streamId}:${number}`;
}
