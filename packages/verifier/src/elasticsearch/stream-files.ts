// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNoteLine, recordHash } from '@stepseal/core/format';
import { type SignatureLookup, spooledSignatures } from '../sources/record-signature-source.ts';
import { sortStream } from '../sources/sort-stream.ts';
import { readLines } from './read-lines.ts';

/** Held before it is written; bounds memory whatever the index holds. */
const HELD_BYTES = 4 << 20;
const LF = Buffer.from('\n');

interface StreamFile {
  lastNumber: number;
  /** Hashes of the records of that number, and their notes: copies may stand in several indices. */
  readonly last: Set<string>;
  sorted: boolean;
  created: boolean;
  held: Buffer[];
}

/**
 * A temporary file for each stream, which only this process can write. Documents come in order of stream and number
 * unless somebody changed those fields; then the file is put in order at the end.
 */
export class StreamFiles {
  private readonly directory: string;
  private readonly files = new Map<string, StreamFile>();
  private readonly dirty = new Set<string>();
  private heldBytes = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  get streams(): readonly string[] {
    return [...this.files.keys()];
  }

  has(stream: string): boolean {
    return this.files.has(stream);
  }

  /** @returns false where the record before this one was the same: then nothing is added */
  addRecord(stream: string, number: number, hash: string, payload: Buffer, note: Buffer | undefined): boolean {
    const file = this.fileOf(stream);
    if (number < file.lastNumber) file.sorted = false;
    if (number !== file.lastNumber) file.last.clear();
    file.lastNumber = number;
    const added = !file.last.has(hash);
    if (added) this.hold(stream, file, payload);
    file.last.add(hash);
    // A second document may carry another note.
    const text = note?.toString('latin1') ?? '';
    if (note !== undefined && !file.last.has(text)) this.hold(stream, file, note);
    file.last.add(text);
    return added;
  }

  addSignature(stream: string, line: string): void {
    appendFileSync(this.pathOf(stream, 'signatures'), `${line}\n`, { mode: 0o600 });
  }

  signaturesOf(stream: string): SignatureLookup | undefined {
    const path = this.pathOf(stream, 'signatures');
    return existsSync(path) ? spooledSignatures(readFileSync(path, 'utf8')) : undefined;
  }

  /** Writes what is held, and puts in order what is not. */
  finish(): void {
    this.flush();
    for (const [stream, file] of this.files) {
      if (!file.sorted) sortStream(this.path(stream));
      file.sorted = true;
    }
  }

  path(stream: string): string {
    return this.pathOf(stream, 'ndjson');
  }

  /** Hashes of the records that a stream's file holds. */
  hashesOf(stream: string): ReadonlySet<string> {
    this.flush();
    const hashes = new Set<string>();
    const file = this.files.get(stream);
    if (file?.created !== true) return hashes;
    for (const line of readLines(this.path(stream))) if (!isNoteLine(line)) hashes.add(recordHash(line));
    return hashes;
  }

  private fileOf(stream: string): StreamFile {
    const known = this.files.get(stream);
    if (known !== undefined) return known;
    const file = { lastNumber: 0, last: new Set<string>(), sorted: true, created: false, held: [] };
    this.files.set(stream, file);
    return file;
  }

  private hold(stream: string, file: StreamFile, line: Buffer): void {
    this.dirty.add(stream);
    file.held.push(line, LF);
    this.heldBytes += line.length + 1;
    if (this.heldBytes > HELD_BYTES) this.flush();
  }

  private flush(): void {
    if (this.heldBytes === 0) return;
    for (const stream of this.dirty) {
      const file = this.fileOf(stream);
      const write = file.created ? appendFileSync : writeFileSync;
      write(this.path(stream), Buffer.concat(file.held), { mode: 0o600 });
      file.created = true;
      file.held = [];
    }
    this.dirty.clear();
    this.heldBytes = 0;
  }

  private pathOf(stream: string, suffix: string): string {
    return join(this.directory, `${stream}.${suffix}`);
  }
}
