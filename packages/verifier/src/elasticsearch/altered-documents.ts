// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_OF_A_CODE } from '../finding-log.ts';
import type { AlteredRecord } from '../sources/source.ts';
import type { DocumentDifference } from './compare-document.ts';
import type { Hit } from './pages.ts';
import type { CarriedRecord } from './read-document.ts';
import { readLines } from './read-lines.ts';
import { shownDocument } from './shown-document.ts';
import type { StreamFiles } from './stream-files.ts';

/** What is kept of a document whose fields do not say what its sealed bytes say. */
interface AlteredDocument {
  readonly id: string;
  readonly index: string;
  readonly number: number;
  readonly hash: string;
  readonly line: string;
  readonly note: string | undefined;
  readonly differences: readonly DocumentDifference[];
}

/**
 * Documents that differ from the record in them, set aside on disk until it is known whether another document says
 * what was sealed: then this one is a copy under other fields, else the record's own.
 */
export class AlteredDocuments {
  private readonly directory: string;
  private readonly streams = new Set<string>();
  private readonly found = new Map<string, AlteredRecord[]>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Streams with a file here. */
  get size(): number {
    return this.streams.size;
  }

  has(stream: string): boolean {
    return this.streams.has(stream);
  }

  add({ id, index }: Hit, record: CarriedRecord, differences: readonly DocumentDifference[]): void {
    const { stream, number, hash, line } = record;
    const kept: AlteredDocument = {
      id: id.slice(0, 512),
      index: index.slice(0, 512),
      number,
      hash,
      line: (typeof line === 'string' ? Buffer.from(line) : line).toString('latin1'),
      note: record.note?.toString('latin1'),
      differences,
    };
    this.streams.add(stream);
    appendFileSync(this.pathOf(stream), `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  }

  /** Adds the records that only altered documents hold to the files of their streams. */
  resolve(files: StreamFiles): void {
    for (const stream of this.streams) {
      const whole = files.hashesOf(stream);
      const found: AlteredRecord[] = [];
      for (const document of this.documentsOf(stream)) {
        const { number, hash, line, note } = document;
        const told = whole.has(hash) ? [replayed(document)] : document.differences.map((it) => altered(document, it));
        // Whoever may write to the index chooses how many there are.
        if (found.length <= MAX_OF_A_CODE) found.push(...told);
        if (whole.has(hash)) continue;
        const noteBytes = note === undefined ? undefined : Buffer.from(note, 'latin1');
        files.addRecord(stream, number, hash, Buffer.from(line, 'latin1'), noteBytes);
      }
      this.found.set(stream, found);
    }
  }

  of(stream: string): readonly AlteredRecord[] {
    return this.found.get(stream) ?? [];
  }

  private *documentsOf(stream: string): Generator<AlteredDocument> {
    for (const line of readLines(this.pathOf(stream))) yield JSON.parse(line.toString());
  }

  private pathOf(stream: string): string {
    return join(this.directory, `${stream}.altered`);
  }
}

function replayed(document: AlteredDocument): AlteredRecord {
  const { number, differences } = document;
  const field = differences.find(({ kind }) => kind !== 'added')?.path ?? 'document';
  const evidence = `${shownDocument(document)} is a second one of this record, with another ${field}.`;
  return { code: 'REPLAY', number, field, evidence };
}

function altered(document: AlteredDocument, { kind, path, sealed, stated }: DocumentDifference): AlteredRecord {
  const says =
    kind === 'missing' || (stated === undefined && sealed !== undefined)
      ? 'lacks it'
      : stated === undefined
        ? 'says something else'
        : `says ${stated}`;
  const was = sealed === undefined ? '' : `; sealed is ${sealed}`;
  return {
    code: kind === 'resource' ? 'RESOURCE_ALTERED' : 'PROJECTION_MISMATCH',
    number: document.number,
    field: path,
    evidence: `${shownDocument(document)} ${says}${was}.`,
  };
}
