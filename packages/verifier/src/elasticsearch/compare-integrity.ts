// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { HASH, OUTSIDE } from '../projection.ts';
import type { DifferenceLog } from './difference-log.ts';

const SEALING: ReadonlySet<string> = new Set(['stepseal.stream.open', 'stepseal.seal', 'stepseal.stream.close']);

const CANONICALIZATION = 'audit.integrity.canonicalization';
const SIGNER = 'audit.integrity.signer';
const SEAL = 'audit.integrity.seal';
const NOTE = 'audit.integrity.note';
const VALUE = 'audit.integrity.value';

/** Names that delivery adds outside P. Payload, note and signature prove themselves elsewhere. */
export const ADDED_ON_EXPORT: ReadonlySet<string> = new Set([
  CANONICALIZATION,
  HASH,
  NOTE,
  'audit.integrity.payload',
  SEAL,
  SIGNER,
  VALUE,
]);

/**
 * Compares what delivery adds outside P and follows from it. Which sealing record covers this one only the stream can
 * tell (`SealPointers`); here it is enough that it is this one or a later one.
 */
export function compareIntegrity(
  { eventName, number, hash }: { readonly eventName: string; readonly number: number; readonly hash: string },
  stored: Readonly<Record<string, unknown>>,
  log: DifferenceLog,
): void {
  if (stored[HASH] !== hash) log.field(`attributes.${HASH}`, hash, stored[HASH]);
  if (stored[CANONICALIZATION] !== 'jcs') log.field(`attributes.${CANONICALIZATION}`, 'jcs', stored[CANONICALIZATION]);
  if (stored[SIGNER] !== 'producer') log.field(`attributes.${SIGNER}`, 'producer', stored[SIGNER]);
  const { [SEAL]: seal, [NOTE]: note, [VALUE]: value } = stored;
  // Adopted records have none.
  if (seal !== undefined && !(typeof seal === 'number' && Number.isSafeInteger(seal) && seal >= number)) {
    log.field(`attributes.${SEAL}`, undefined, seal);
  }
  if (note !== undefined && !(typeof note === 'string' && SEALING.has(eventName))) {
    log.hidden(`attributes.${NOTE}`, note);
  }
  if (value !== undefined && typeof value !== 'string') log.hidden(`attributes.${VALUE}`, value);
}

/** Names under `audit.integrity` that delivery does not add. */
export function addedIntegrity(stored: Readonly<Record<string, unknown>>, log: DifferenceLog): void {
  for (const key of Object.keys(stored)) {
    if (key.startsWith(OUTSIDE) && !ADDED_ON_EXPORT.has(key)) log.added('attributes', key);
  }
}
