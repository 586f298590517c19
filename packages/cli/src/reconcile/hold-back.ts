// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SealedStream } from '@stepseal/processor/delivery';
import { type FindingCode, segmentSource, type TrustPolicy, verify } from '@stepseal/verifier';

/**
 * What a segment can say against itself. Whose key it is, what came before and how it ended is not asked: of a single
 * segment that cannot be told, and it does no harm to send what its own notes vouch for.
 */
const AGAINST: ReadonlySet<FindingCode> = new Set([
  'MALFORMED',
  'FOREIGN_STREAM',
  'GENESIS_MISSING',
  'REORDERED',
  'RECORD_MISSING',
  'MODIFIED',
  'CHAIN_BROKEN',
  'SEAL_MISMATCH',
  'INSERTED',
  'NOTE_INVALID',
  'NOTE_MISSING',
  'AFTER_END',
  'TRAILING_DATA',
  'COUNT_MISMATCH',
  'EQUIVOCATION',
]);

/**
 * Why the records of a segment must not be sent: it is not what its own notes say. Records that somebody changed here would
 * come into the index under new ids, as documents that nobody sealed.
 */
export async function reasonToHoldBack(
  { path }: SealedStream,
  trust: TrustPolicy | undefined,
): Promise<string | undefined> {
  const { findings } = await verify({ sources: [segmentSource(path)], trust });
  const against = findings.find(({ code, severity }) => severity !== 'info' && AGAINST.has(code));
  return against === undefined
    ? undefined
    : `its segment is not what was sealed (${against.code}): nothing of it was sent; see \`stepseal verify\``;
}
