// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Payload } from '@stepseal/core/format';
import { HASH, OUTSIDE } from '../projection.ts';
import { integerOf } from '../stream-facts.ts';
import type { DifferenceLog } from './difference-log.ts';

const SEALING: ReadonlySet<string> = new Set(['stepseal.stream.open', 'stepseal.seal', 'stepseal.stream.close']);

/** Always added on export, with a value that follows from P. Payload, note and signature prove themselves elsewhere. */
const FIXED: ReadonlyMap<string, string> = new Map([
  ['audit.integrity.canonicalization', 'jcs'],
  ['audit.integrity.signer', 'producer'],
]);

const SEAL = 'audit.integrity.seal';
const NOTE = 'audit.integrity.note';
const PROVED: ReadonlySet<string> = new Set(['audit.integrity.payload', 'audit.integrity.value']);

/**
 * Compares what delivery adds outside P. Which sealing record covers this one only the stream can tell; here it is enough
 * that it is this one or a later one.
 */
export function compareIntegrity(
  payload: Payload,
  hash: string,
  stored: Readonly<Record<string, unknown>>,
  log: DifferenceLog,
): void {
  if (stored[HASH] !== hash) log.field(`attributes.${HASH}`, hash, stored[HASH]);
  for (const [name, value] of FIXED) if (stored[name] !== value) log.field(`attributes.${name}`, value, stored[name]);
  const seal = stored[SEAL];
  const number = integerOf(payload, 'audit.sequence.number') ?? 0;
  // Adopted records have none.
  if (seal !== undefined && !(typeof seal === 'number' && Number.isSafeInteger(seal) && seal >= number)) {
    log.field(`attributes.${SEAL}`, undefined, seal);
  }
  const note = stored[NOTE];
  if (note !== undefined && !(typeof note === 'string' && SEALING.has(payload.eventName ?? ''))) {
    log.hidden(`attributes.${NOTE}`, note);
  }
  for (const key of Object.keys(stored)) {
    if (!key.startsWith(OUTSIDE)) continue;
    if (key !== HASH && key !== SEAL && key !== NOTE && !FIXED.has(key) && !PROVED.has(key)) {
      log.added('attributes', key);
    } else if (typeof stored[key] === 'object') log.hidden(`attributes.${key}`, stored[key]);
  }
}
