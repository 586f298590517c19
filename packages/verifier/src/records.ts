// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, type Payload, parsePayload, recordHash } from '@stepseal/core/format';
import type { Source } from './sources/source.ts';
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

/** Reads every well-formed record of a source, segment by segment, in constant memory; other lines are passed over. */
export async function* readRecords(source: Source): AsyncGenerator<SealedRecord> {
  for (const segment of await source.segments()) {
    const reader = segment.open();
    try {
      let rest: Buffer = Buffer.alloc(0);
      let position = 0;
      for (;;) {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        const count = reader.read(chunk, 0, position);
        if (count === 0) break;
        position += count;
        const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
        let start = 0;
        for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
          const record = readRecord(bytes.subarray(start, end), segment.name);
          if (record !== undefined) yield record;
          start = end + 1;
        }
        rest = bytes.subarray(start);
      }
    } finally {
      reader.close();
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
