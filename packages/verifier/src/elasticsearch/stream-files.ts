// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNoteLine, recordHash } from '@stepseal/core/format';
import { type SignatureLookup, spooledSignatures } from '../sources/record-signature-source.ts';
import { sortStream } from '../sources/sort-stream.ts';
import { LineSpool } from './line-spool.ts';
import { readLines } from './read-lines.ts';

/** Copies of one number that are told apart as they come; more when the file is put in order. */
const MAX_OF_A_NUMBER = 1 << 10;
interface StreamFile {
  readonly path: string;
  lastNumber: number;
  /** Hashes of the records of that number, and their notes: copies may stand in several indices. */
  readonly last: Set<string>;
  sorted: boolean;
}

/**
 * A temporary file for each stream, which only this process can write. Documents come in order of stream and number
 * unless somebody changed those fields; then the file is put in order at the end.
 */
export class StreamFiles {
  private readonly directory: string;
  private readonly files = new Map<string, StreamFile>();
  private readonly records = new LineSpool();
  private readonly signatures = new LineSpool();

  constructor(directory: string) {
    this.directory = directory;
  }

  get streams(): readonly string[] {
    return [...this.files.keys()];
  }

  get size(): number {
    return this.files.size;
  }

  has(stream: string): boolean {
    return this.files.has(stream);
  }

  /** @returns false where the file holds it already: then nothing is added but a note that it has not */
  addRecord(stream: string, number: number, hash: string, payload: Buffer | string, note: Buffer | undefined): boolean {
    const file = this.fileOf(stream);
    if (number < file.lastNumber) file.sorted = false;
    if (number !== file.lastNumber) file.last.clear();
    else if (file.last.size >= MAX_OF_A_NUMBER) {
      file.sorted = false;
      file.last.clear();
    }
    file.lastNumber = number;
    const added = !file.last.has(hash);
    file.last.add(hash);
    if (added) this.records.add(file.path, payload);
    const text = note?.toString('latin1') ?? '';
    if (note !== undefined && !file.last.has(text)) this.records.add(file.path, note);
    file.last.add(text);
    return added;
  }

  addSignature(stream: string, line: string): void {
    this.signatures.add(this.pathOf(stream, 'signatures'), line);
  }

  signaturesOf(stream: string): SignatureLookup | undefined {
    const path = this.pathOf(stream, 'signatures');
    return existsSync(path) ? spooledSignatures(readFileSync(path, 'utf8')) : undefined;
  }

  /** Writes what is held, and puts in order what is not. */
  finish(): void {
    this.records.flush();
    this.signatures.flush();
    for (const file of this.files.values()) {
      if (!file.sorted) sortStream(file.path);
      file.sorted = true;
    }
  }

  path(stream: string): string {
    return this.pathOf(stream, 'ndjson');
  }

  /** Hashes of the records that a stream's file holds. */
  hashesOf(stream: string): ReadonlySet<string> {
    this.records.flush();
    const hashes = new Set<string>();
    if (!this.files.has(stream)) return hashes;
    for (const line of readLines(this.path(stream))) if (!isNoteLine(line)) hashes.add(recordHash(line));
    return hashes;
  }

  private fileOf(stream: string): StreamFile {
    const known = this.files.get(stream);
    if (known !== undefined) return known;
    const file = { path: this.path(stream), lastNumber: 0, last: new Set<string>(), sorted: true };
    this.files.set(stream, file);
    return file;
  }

  private pathOf(stream: string, suffix: string): string {
    return join(this.directory, `${stream}.${suffix}`);
  }
}
