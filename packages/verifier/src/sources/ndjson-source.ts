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
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LIMITS } from '@stepseal/core/format';
import { directorySource } from './file-source.ts';
import type { Segment, Source } from './source.ts';

const STREAM_ID = /"audit\.sequence\.stream_id":\{"stringValue":"([0-9a-f-]{36})"\}/;
const NOTE_ORIGIN = /^\{"note":"[a-z0-9._/-]+\/stream\/([0-9a-f-]{36})\\n(\d{1,16})\\n/;
const NUMBER = /"audit\.sequence\.number":\{"intValue":"(\d{1,16})"\}/;
/** Lines held before they are spooled; bounds memory whatever the input. */
const SPOOL_BYTES = 4 << 20;

/**
 * An export: lines of any number of streams in any order, as `cat` of segments or a query of a store leaves them.
 * Lines are sorted apart into temporary files by stream, then each stream is put in order; memory stays bounded by
 * the largest stream. Identical copies of a line collapse: a store delivers at least once.
 */
export function ndjsonSource(input: string | Readable): Source {
  let directory: string | undefined;
  let segments: Promise<readonly Segment[]> | undefined;
  return {
    description: typeof input === 'string' ? input : 'standard input',
    complete: false,
    segments() {
      directory ??= mkdtempSync(join(tmpdir(), 'stepseal-'));
      segments ??= split(typeof input === 'string' ? createReadStream(input) : input, directory);
      return segments;
    },
    dispose() {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function split(input: Readable, directory: string): Promise<readonly Segment[]> {
  const spool = new Spool(directory);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      spool.add(bytes.toString('latin1', start, end + 1));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    // Longer than any line may be: keep it as what it is, a line that is not well-formed.
    if (rest.length > LIMITS.payloadBytes + LIMITS.noteBytes) {
      spool.add(`${rest.toString('latin1', 0, 1024)}\n`);
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) spool.add(rest.toString('latin1'));
  spool.flush();
  for (const file of spool.files) sortStream(file);
  return directorySource(directory).segments();
}

/** Sorts lines apart by stream. Lines are latin1 strings of their bytes, so that nothing is decoded on the way. */
class Spool {
  readonly files = new Set<string>();
  private readonly directory: string;
  private readonly held = new Map<string, string[]>();
  private bytes = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  add(line: string): void {
    const id = NOTE_ORIGIN.exec(line)?.[1] ?? STREAM_ID.exec(line)?.[1] ?? 'unattributed';
    const lines = this.held.get(id);
    if (lines === undefined) this.held.set(id, [line]);
    else lines.push(line);
    this.bytes += line.length;
    if (this.bytes > SPOOL_BYTES) this.flush();
  }

  flush(): void {
    for (const [id, lines] of this.held) {
      const file = join(this.directory, `${id}.ndjson`);
      if (!this.files.has(file)) closeSync(openSync(file, 'ax', 0o600));
      this.files.add(file);
      appendFileSync(file, lines.join(''), 'latin1');
    }
    this.held.clear();
    this.bytes = 0;
  }
}

/** Puts the lines of one stream in order of number, each note behind the record that it covers last. */
function sortStream(file: string): void {
  const lines = readFileSync(file, 'latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const rank = (line: string): number => {
    const note = NOTE_ORIGIN.exec(line);
    if (note !== null) return Number(note[2]) + 0.5;
    return Number(NUMBER.exec(line)?.[1] ?? Number.MAX_SAFE_INTEGER);
  };
  const ranked = [...new Set(lines)].map((line) => ({ line, rank: rank(line) }));
  ranked.sort((a, b) => a.rank - b.rank);
  writeFileSync(file, ranked.map((entry) => entry.line).join(''), 'latin1');
}
