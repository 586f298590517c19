// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  appendFileSync,
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { LIMITS } from '@stepseal/core/format';
import { VerifierError } from '../errors.ts';
import { rankOf, splitGlued, streamOf } from './export-line.ts';
import { directorySource } from './file-source.ts';
import type { Segment, Source } from './source.ts';

/** Lines held before they are spooled; bounds memory whatever the input. */
const SPOOL_BYTES = 4 << 20;
/** A line longer than any record or note; what follows in it is passed over. */
const MAX_LINE_BYTES = LIMITS.payloadBytes + LIMITS.noteBytes * 6;
/** Streams that get a file of their own; whoever writes the input chooses how many it names. */
const MAX_STREAMS = 1 << 16;
/** More of one stream is left in the order in which it came; a segment holds 64 MiB. */
const MAX_SORTED_BYTES = 4 * LIMITS.segmentBytes;
const UNATTRIBUTED = 'unattributed';

/**
 * An export: lines of any number of streams in any order, as `cat` of segments or a query of a store leaves them.
 * Lines are sorted apart into temporary files by stream, then each stream is put in order; memory stays bounded by
 * the largest stream. Identical copies of a line collapse: a store delivers at least once. Line ends are not evidence
 * here: CRLF is read as LF, and empty lines are passed over.
 *
 * @param input - A path, or a stream of bytes. It is read once, at the first call of `segments`.
 */
export function ndjsonSource(input: string | Readable): Source {
  const description = typeof input === 'string' ? input : 'standard input';
  let directory: string | undefined;
  let segments: Promise<readonly Segment[]> | undefined;
  return {
    description,
    complete: false,
    segments() {
      directory ??= mkdtempSync(join(tmpdir(), 'stepseal-'));
      segments ??= split(input, directory, description);
      return segments;
    },
    dispose() {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function split(input: string | Readable, directory: string, exportOf: string): Promise<readonly Segment[]> {
  const spool = new Spool(directory);
  try {
    for await (const line of linesOf(typeof input === 'string' ? createReadStream(input) : input))
      for (const part of splitGlued(line)) spool.add(part);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new VerifierError('SOURCE_UNREADABLE', `Cannot read ${exportOf}: ${reason}.`, { cause });
  }
  spool.flush();
  for (const file of spool.files) sortStream(file);
  const sorted = await directorySource(directory).segments();
  return sorted.map(({ name, open }) => ({ name: `${exportOf}, ${basename(name, '.ndjson')}`, exportOf, open }));
}

/** Lines as latin1 strings of their bytes, so that nothing is decoded on the way; without line ends, none empty. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  let overlong = false;
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const fresh = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const bytes = rest.length === 0 ? fresh : Buffer.concat([rest, fresh]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      const line = bytes.toString('latin1', start, bytes[end - 1] === 0x0d && end > start ? end - 1 : end);
      if (!overlong && line !== '') yield line;
      overlong = false;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) {
      // Longer than any line may be: its beginning is kept as what it is, a line that is not well-formed.
      if (!overlong) yield rest.toString('latin1', 0, 1024);
      overlong = true;
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0 && !overlong) yield rest.toString('latin1');
}

/** Sorts lines apart by the stream that they name. */
class Spool {
  readonly files = new Set<string>();
  private readonly directory: string;
  private readonly held = new Map<string, string[]>();
  private bytes = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  add(line: string): void {
    const named = streamOf(line) ?? UNATTRIBUTED;
    const full = this.files.size + this.held.size >= MAX_STREAMS && !this.held.has(named);
    const id = full && !this.files.has(this.fileOf(named)) ? UNATTRIBUTED : named;
    const lines = this.held.get(id);
    if (lines === undefined) this.held.set(id, [line]);
    else lines.push(line);
    this.bytes += line.length + 1;
    if (this.bytes > SPOOL_BYTES) this.flush();
  }

  flush(): void {
    for (const [id, lines] of this.held) {
      const file = this.fileOf(id);
      if (!this.files.has(file)) closeSync(openSync(file, 'ax', 0o600));
      this.files.add(file);
      appendFileSync(file, `${lines.join('\n')}\n`, 'latin1');
    }
    this.held.clear();
    this.bytes = 0;
  }

  private fileOf(id: string): string {
    return join(this.directory, `${id}.ndjson`);
  }
}

/** Puts the lines of one stream in order of number, each note behind the record that it covers last. */
function sortStream(file: string): void {
  if (statSync(file).size > MAX_SORTED_BYTES) return;
  const lines = readFileSync(file, 'latin1').split('\n');
  lines.pop();
  const ranked = [...new Set(lines)].map((line) => ({ line, rank: rankOf(line) }));
  ranked.sort((a, b) => a.rank - b.rank);
  writeFileSync(file, ranked.map((entry) => `${entry.line}\n`).join(''), 'latin1');
}
