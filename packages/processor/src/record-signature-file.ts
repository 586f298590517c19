// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { open } from 'node:fs/promises';
import { READ_FLAGS } from './file-system.ts';

/** A signature in base64 and a line feed: all lines are as long, so that record n's is found by counting. */
export const SIGNATURE_LINE_BYTES = 89;

/** The file beside a segment that holds its record signatures: line n is of record n. Derived, and never missed. */
export function signaturesPath(segmentPath: string): string {
  return segmentPath.replace(/\.ndjson$/, '.signatures');
}

/** The signature lines as text. */
export function signatureLines(signatures: readonly Uint8Array[]): string {
  return signatures.map((signature) => `${Buffer.from(signature).toString('base64')}\n`).join('');
}

/**
 * Reads the signatures of `count` records from `first` on; undefined for each that is not there, and for all where there
 * is no file. Whoever can write the directory controls the bytes: what is no signature's spelling counts as missing, and
 * nothing throws.
 */
export async function readSignatures(
  segmentPath: string,
  first: number,
  count: number,
): Promise<(Buffer | undefined)[] | undefined> {
  const handle = await open(signaturesPath(segmentPath), READ_FLAGS).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const lines = Buffer.alloc(count * SIGNATURE_LINE_BYTES);
    const { bytesRead } = await handle.read(lines, 0, lines.length, (first - 1) * SIGNATURE_LINE_BYTES);
    return Array.from({ length: count }, (_, index) => {
      const end = (index + 1) * SIGNATURE_LINE_BYTES;
      return end > bytesRead ? undefined : parseSignatureLine(lines.subarray(end - SIGNATURE_LINE_BYTES, end));
    });
  } catch {
    return undefined;
  } finally {
    await handle.close().catch(() => {});
  }
}

function parseSignatureLine(line: Buffer): Buffer | undefined {
  const text = line.toString('latin1', 0, SIGNATURE_LINE_BYTES - 1);
  const signature = Buffer.from(text, 'base64');
  const spelt = signature.length === 64 && signature.toString('base64') === text;
  return spelt && line[SIGNATURE_LINE_BYTES - 1] === 0x0a ? signature : undefined;
}
