// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isNoteLine } from '@stepseal/core/format';
import { liesInside } from '../data-directory.ts';
import { CliError } from '../errors.ts';
import { readSampled, type Sample, type SampledFile } from './sample.ts';

/** A directory with the copy that a drill tampers with. */
export interface Scratch {
  readonly directory: string;
  /** Puts other content in the place of files (null: none). */
  write(files: ReadonlyMap<string, Buffer | null>): void;
  /** Takes the scratch directory away, unless it is to be kept. */
  remove(): void;
}

/** Copies the sample. Throws CliError NOT_WRITABLE, BAD_ARGUMENT where `keep` lies in the original or holds something. */
export function copyToScratch(original: string, sample: Sample, keep: string | undefined): Scratch {
  const directory =
    keep === undefined ? mkdtempSync(join(tmpdir(), 'stepseal-drill-')) : emptyDirectory(original, keep);
  const remove = (): void => {
    if (keep === undefined) rmSync(directory, { recursive: true, force: true });
  };
  try {
    for (const file of sample.files) copy(file, join(directory, file.name));
  } catch (cause) {
    remove();
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new CliError('NOT_WRITABLE', `The copy in ${directory} cannot be made (${reason}).`, { cause });
  }
  const write = (files: ReadonlyMap<string, Buffer | null>): void => {
    for (const [name, bytes] of files) {
      if (bytes === null) rmSync(join(directory, name), { force: true });
      else writeFileSync(join(directory, name), bytes);
    }
  };
  return { directory, write, remove };
}

function emptyDirectory(original: string, keep: string): string {
  if (liesInside(keep, original))
    throw new CliError('BAD_ARGUMENT', `--keep ${keep} lies inside ${original}, which a drill never writes to.`);
  try {
    mkdirSync(keep, { recursive: true });
    if (readdirSync(keep).length === 0) return keep;
  } catch (cause) {
    throw new CliError('NOT_WRITABLE', `${keep} cannot be used (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
  throw new CliError('BAD_ARGUMENT', `--keep ${keep} is not empty: name a directory that is, or that does not exist.`);
}

function copy(file: SampledFile, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const descriptor = openSync(to, 'wx', 0o600);
  try {
    if (file.whole) readSampled(file, (piece) => writeAll(descriptor, piece));
    else {
      const pieces: Buffer[] = [];
      readSampled(file, (piece) => pieces.push(Buffer.from(piece)));
      writeAll(descriptor, untilLastNote(Buffer.concat(pieces)));
    }
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** The beginning of a stream as it stood when a note had just been written. */
function untilLastNote(bytes: Buffer): Buffer {
  for (let end = bytes.lastIndexOf(0x0a); end > 0; ) {
    const start = bytes.lastIndexOf(0x0a, end - 1) + 1;
    if (isNoteLine(bytes, start)) return bytes.subarray(0, end + 1);
    end = start - 1;
  }
  return bytes;
}
