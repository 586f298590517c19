// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Load, recordFacts, type SealedStream } from '@stepseal/processor/delivery';
import type { IndexedDocument, IndexedNumbers, RecordIndex } from './record-index.ts';

/** Which records count, ms since 1970. */
export interface Reach {
  /** Time of the record: from this one on, up to before that one; infinite where there is no bound. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Sealed later than this, a record may still be on its way. */
  readonly settledMs: number;
}

/** A record whose id belongs to a document that does not carry its bytes. */
export interface TakenId {
  readonly number: number;
  readonly id: string;
  readonly index: string;
  /** The document carries other sealed bytes, or none that these credentials may read. */
  readonly carries: 'others' | 'none';
}

/** Some hundred records of a stream, and how the index has them. */
export interface ComparedLoad {
  readonly there: number;
  /** Not there, and still on their way as far as their age tells. */
  readonly young: number;
  /** Not there. Valid until the next load. */
  readonly missing: Load['records'];
  readonly taken: readonly TakenId[];
  /** All that are not there, young or not. */
  readonly absent: readonly { readonly number: number; readonly sealedMs: number }[];
  readonly open: Uint8Array;
}

/** Looks for every record of a stream behind the first `after` by its id. @throws ElasticError, and what the file system throws */
export async function* compareStream(
  stream: SealedStream,
  index: RecordIndex,
  reach: Reach,
  after = 0,
): AsyncGenerator<ComparedLoad> {
  for await (const { open, records } of stream.loads(after)) {
    const wanted = records.filter(({ payload }) => isWithin(payload, reach));
    if (wanted.length === 0) continue;
    const documents = await index.documents(wanted.map(({ hash }) => hash));
    const taken: TakenId[] = [];
    const absent: typeof wanted = [];
    let there = 0;
    for (const record of wanted) {
      const found = documents.get(record.hash);
      if (found === undefined) absent.push(record);
      else if (found.some(({ payload }) => carries(payload, record.payload))) there++;
      else {
        const { index: place, payload } = found[0] as IndexedDocument;
        const { number, hash: id } = record;
        taken.push({ number, id, index: place, carries: payload === undefined ? 'none' : 'others' });
      }
    }
    const missing = absent.filter(({ payload }) => sealedMs(payload) <= reach.settledMs);
    const named = absent.map(({ number, payload }) => ({ number, sealedMs: sealedMs(payload) }));
    yield { there, young: absent.length - missing.length, missing, taken, absent: named, open };
  }
}

/**
 * Whether the index surely has all records of a stream that has so many: in one index, where an id is there once, the same
 * number of documents with the same numbers. Somebody who means to deceive can make it look so; `verify` is for that.
 */
export function isComplete(indexed: IndexedNumbers | undefined, records: number): boolean {
  if (records === 0) return indexed === undefined;
  if (indexed === undefined || indexed.indices !== 1 || indexed.documents !== records) return false;
  return indexed.first === 1 && indexed.last === records && indexed.sum === (records * (records + 1)) / 2;
}

/** A stream was deleted while it was read, by its retention. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function carries(text: string | undefined, payload: Uint8Array): boolean {
  return text !== undefined && Buffer.from(text).equals(payload);
}

function isWithin(payload: Uint8Array, { sinceMs, untilMs }: Reach): boolean {
  const { timeMs = 0 } = recordFacts(payload);
  return timeMs >= sinceMs && timeMs < untilMs;
}

/** When the record was handed to the sealer; a service may give an event any time. */
function sealedMs(payload: Uint8Array): number {
  const { timeMs, observedMs } = recordFacts(payload);
  return observedMs ?? timeMs ?? 0;
}
