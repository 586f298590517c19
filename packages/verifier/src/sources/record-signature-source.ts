// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { LIMITS } from '@stepseal/core/format';
import type { SegmentReader } from './source.ts';

/** A record signature as a source holds it. Nothing of it is believed. */
export interface FoundSignature {
  /** Base64, if it is an honest one. */
  readonly value: string;
  /** The algorithm that the source names; undefined where it names none, beside a segment. */
  readonly algorithm: string | undefined;
}

/** The signatures that a source holds of a record, by its number: several where it was delivered several times. */
export type SignatureLookup = (number: number) => readonly FoundSignature[];

/** Base64 of 64 bytes and a line feed: line n of a signature file is record n's. */
const LINE_BYTES = 89;

/** No segment holds more records than bytes for the shortest of them. */
const MAX_BYTES = LIMITS.segmentBytes;

/** Signatures in the lines of a file beside a segment; a last line without its end is none. */
export function signatureLines(reader: SegmentReader): SignatureLookup {
  const bytes = readWhole(reader);
  return (number) => {
    const end = number * LINE_BYTES;
    if (end > bytes.length) return [];
    // Lines of another length shift all that follow, which then are no signatures of their records.
    return [{ value: bytes.toString('latin1', end - LINE_BYTES, end - 1), algorithm: undefined }];
  };
}

function readWhole(reader: SegmentReader): Buffer {
  const chunks: Buffer[] = [];
  for (let length = 0; length < MAX_BYTES; ) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const count = reader.read(chunk, 0, length);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  return Buffer.concat(chunks);
}

/** A signature of an export as a line of a temporary file, which only this process can write. */
export function spooledSignature(number: number, { value, algorithm }: FoundSignature): string {
  return JSON.stringify([number, value, algorithm]);
}

/** Signatures in lines of {@link spooledSignature}. */
export function spooledSignatures(text: string): SignatureLookup {
  const found = new Map<number, FoundSignature[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [number, value, algorithm] = JSON.parse(line) as [number, string, string];
    const others = found.get(number);
    if (others === undefined) found.set(number, [{ value, algorithm }]);
    else if (!others.some((other) => other.value === value && other.algorithm === algorithm)) {
      others.push({ value, algorithm });
    }
  }
  return (number) => found.get(number) ?? [];
}
