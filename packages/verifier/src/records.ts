// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, LIMITS, type Payload, parsePayload, recordHash } from '@stepseal/core/format';
import { VerifierError } from './errors.ts';
import type { Segment, SegmentReader, Source } from './sources/source.ts';
import { integerOf, stringOf } from './stream-facts.ts';

/** One well-formed record of a source. Being listed here proves nothing; `verify` does. */
export interface SealedRecord {
  readonly payload: Payload;
  /** Hex SHA-256 of its bytes. */
  readonly hash: string;
  readonly streamId: string | undefined;
  readonly number: number | undefined;
  /** Name of the segment that holds it. */
  readonly source: string;
}

const CHUNK_BYTES = 1 << 20;

/**
 * Reads every well-formed record of a source, segment by segment, in constant memory; other lines are passed over, and
 * so are files of a directory that cannot be read (`verify` names them).
 *
 * @throws VerifierError `SOURCE_UNREADABLE` where a file that the caller named cannot be read.
 */
export async function* readRecords(source: Source): AsyncGenerator<SealedRecord> {
  for (const segment of await source.segments()) {
    try {
      for (const { record } of sealedRecords(segment)) yield record;
    } catch (error) {
      if (source.unreadable === undefined || !(error instanceof VerifierError)) throw error;
    }
  }
}

/** The well-formed records of a segment with their bytes. @throws VerifierError `SOURCE_UNREADABLE` */
export function* sealedRecords(segment: Segment): Generator<{ record: SealedRecord; payload: Buffer }> {
  const reader = segment.open();
  try {
    for (const payload of linesOf(reader)) {
      const record = readRecord(payload, segment.exportOf ?? segment.name);
      if (record !== undefined) yield { record, payload };
    }
  } finally {
    reader.close();
  }
}

/** Whole lines without their line feeds; a line longer than a payload is none. */
function* linesOf(reader: SegmentReader): Generator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let overlong = false;
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = reader.read(chunk, 0, position);
    if (count === 0) return;
    position += count;
    const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      if (!overlong) yield bytes.subarray(start, end);
      overlong = false;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LIMITS.payloadBytes) {
      overlong = true;
      rest = Buffer.alloc(0);
    }
  }
}

function readRecord(line: Buffer, source: string): SealedRecord | undefined {
  if (isNoteLine(line)) return undefined;
  try {
    const payload = parsePayload(line);
    return {
      payload,
      hash: recordHash(line),
      streamId: stringOf(payload, 'audit.sequence.stream_id'),
      number: integerOf(payload, 'audit.sequence.number'),
      source,
    };
  } catch {
    return undefined;
  }
}
