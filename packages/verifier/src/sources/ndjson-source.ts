// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { LIMITS } from '@stepseal/core/format';
import { VerifierError } from '../errors.ts';
import { MAX_OF_A_CODE } from '../finding-log.ts';
import { rankOf, splitGlued, streamOf } from './export-line.ts';
import { directorySource } from './file-source.ts';
import { OTLP_START, otlpRecords } from './otlp-line.ts';
import { type SignatureLookup, spooledSignature, spooledSignatures } from './record-signature-source.ts';
import { sortStream } from './sort-stream.ts';
import type { AlteredRecord, Segment, Source } from './source.ts';

/** Lines held before they are spooled; bounds memory whatever the input. */
const SPOOL_BYTES = 4 << 20;
/** A line longer than any record or note; what follows in it is passed over. */
const MAX_LINE_BYTES = LIMITS.payloadBytes + LIMITS.noteBytes * 6;
/** An OTLP request in JSON. */
const MAX_OTLP_BYTES = 64 << 20;
/** Streams that get a file of their own; whoever writes the input chooses how many it names. */
const MAX_STREAMS = 1 << 16;
const UNATTRIBUTED = 'unattributed';

/**
 * An export: lines of any number of streams in any order, as `cat` of segments or a query of a store leaves them.
 * Lines are sorted apart into temporary files by stream, then each stream is put in order; memory stays bounded by
 * the largest stream. Identical copies of a line collapse: a store delivers at least once. Line ends are not evidence
 * here: CRLF is read as LF, and empty lines are passed over. A line may also be an export request of OTLP in JSON, as
 * Collectors write them to files: then the payloads and notes in it are the lines.
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
    for await (const line of linesOf(typeof input === 'string' ? createReadStream(input) : input)) spool.take(line);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new VerifierError('SOURCE_UNREADABLE', `Cannot read ${exportOf}: ${reason}.`, { cause });
  }
  spool.flush();
  for (const file of spool.files) sortStream(file);
  const sorted = await directorySource(directory).segments();
  return sorted.map(({ name, open }) => {
    const id = basename(name, '.ndjson');
    return {
      name: `${exportOf}, ${id}`,
      exportOf,
      open,
      signatures: () => spool.signaturesOf(id),
      altered: () => spool.alteredOf(id),
    };
  });
}

/** Lines as latin1 strings of their bytes, so that nothing is decoded on the way; without line ends, none empty. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let length = 0;
  let overlong = false;
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      const line = latin1([...rest, bytes.subarray(start, end)]).replace(/\r$/, '');
      if (!overlong && line !== '') yield line;
      overlong = false;
      rest = [];
      length = 0;
      start = end + 1;
    }
    rest.push(bytes.subarray(start));
    length += bytes.length - start;
    if (length > MAX_LINE_BYTES && (overlong || length > mostBytes(rest))) {
      // Longer than any line may be: its beginning is kept as what it is, a line that is not well-formed.
      if (!overlong) yield latin1(rest).slice(0, 1024);
      overlong = true;
      rest = [];
      length = 0;
    }
  }
  if (length > 0 && !overlong) yield latin1(rest);
}

function latin1(parts: readonly Buffer[]): string {
  return (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString('latin1');
}

/** One request of a Collector may hold thousands of records. */
function mostBytes(parts: readonly Buffer[]): number {
  return parts[0]?.toString('latin1', 0, OTLP_START.length) === OTLP_START ? MAX_OTLP_BYTES : MAX_LINE_BYTES;
}

/** Sorts lines apart by the stream that they name. */
class Spool {
  readonly files = new Set<string>();
  private readonly directory: string;
  private readonly held = new Map<string, string[]>();
  private readonly altered = new Map<string, AlteredRecord[]>();
  private readonly heldSignatures = new Map<string, string[]>();
  private bytes = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** A line of the input: a record, a note, two of them glued together, or an OTLP request full of them. */
  take(line: string): void {
    const records = otlpRecords(line);
    if (records === undefined) {
      for (const part of splitGlued(line)) this.add(part);
      return;
    }
    for (const { payload, note, signature, altered } of records) {
      this.add(payload);
      if (note !== undefined) this.add(note);
      const id = signature === undefined && altered === undefined ? undefined : streamOf(payload);
      if (id === undefined) continue;
      if (signature !== undefined) this.addSignature(id, spooledSignature(rankOf(payload), signature));
      if (altered !== undefined) this.addAltered(id, { number: rankOf(payload), field: altered });
    }
  }

  alteredOf(id: string): readonly AlteredRecord[] {
    return this.altered.get(id) ?? [];
  }

  signaturesOf(id: string): SignatureLookup | undefined {
    const file = this.signatureFile(id);
    return existsSync(file) ? spooledSignatures(readFileSync(file, 'utf8')) : undefined;
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
    // Only of streams that have a file, so that there are no more of these than of those.
    for (const [id, lines] of this.heldSignatures) {
      if (this.files.has(this.fileOf(id))) appendFileSync(this.signatureFile(id), `${lines.join('\n')}\n`);
    }
    this.held.clear();
    this.heldSignatures.clear();
    this.bytes = 0;
  }

  private addSignature(id: string, line: string): void {
    const lines = this.heldSignatures.get(id);
    if (lines === undefined) this.heldSignatures.set(id, [line]);
    else lines.push(line);
    this.bytes += line.length + 1;
    if (this.bytes > SPOOL_BYTES) this.flush();
  }

  private addAltered(id: string, record: AlteredRecord): void {
    const others = this.altered.get(id);
    // One of a stream decides; how many there are is whoever's choice who made the export.
    if (others === undefined) {
      if (this.altered.size < MAX_STREAMS) this.altered.set(id, [record]);
    } else if (others.length <= MAX_OF_A_CODE) others.push(record);
  }

  private signatureFile(id: string): string {
    return join(this.directory, `${id}.signatures`);
  }

  private fileOf(id: string): string {
    return join(this.directory, `${id}.ndjson`);
  }
}
