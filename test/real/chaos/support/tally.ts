// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { recordHash } from '@stepseal/core/format';
import type { Stored } from './documents.ts';

/** What is in a data stream of what was emitted. */
export interface Standing {
  /** Ids of emitted records that have a document. */
  readonly there: ReadonlySet<string>;
  /** Ids of emitted records, and hashes of the chain's own, that have more than one. */
  readonly twice: readonly string[];
  /** Sealed records, the chain's own included, that have none. */
  readonly missing: readonly string[];
  /** Documents whose id is not the hash of their payload, or whose payload was never sealed. */
  readonly strange: readonly string[];
}

/**
 * @param emitted ids by the application's own account
 * @param sealed the lines of its segments, by record hash
 */
export function standing(
  emitted: readonly string[],
  sealed: ReadonlyMap<string, string>,
  documents: readonly Stored[],
): Standing {
  const times = new Map<string, number>();
  const strange: string[] = [];
  const stored = new Set<string>();
  for (const { id, payload } of documents) {
    if (recordHash(payload) !== id || sealed.get(id) !== payload) strange.push(id);
    stored.add(id);
    const name = emittedId(payload) ?? id;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return {
    there: new Set(emitted.filter((id) => times.has(id))),
    twice: [...times].filter(([, number]) => number > 1).map(([name]) => name),
    missing: [...sealed.keys()].filter((hash) => !stored.has(hash)),
    strange,
  };
}

/** How many of the emitted records that are not there a signed record says why of. */
export function declaredLost(sealed: ReadonlyMap<string, string>): number {
  let declared = 0;
  for (const payload of sealed.values()) {
    if (!payload.includes('"event_name":"stepseal.')) continue;
    const { event_name: name, attributes } = JSON.parse(payload) as Parsed;
    if (name === 'stepseal.gap') declared += Number(attributes['stepseal.gap.count']?.intValue ?? 0);
    if (name === 'stepseal.undelivered') declared++;
  }
  return declared;
}

interface Parsed {
  readonly event_name?: string;
  readonly attributes: Readonly<Record<string, { readonly stringValue?: string; readonly intValue?: string }>>;
}

/** What the application calls a record; undefined for the chain's own. */
function emittedId(payload: string): string | undefined {
  const { attributes } = JSON.parse(payload) as Parsed;
  return (attributes['step_up.id'] ?? attributes['bank.transfer.id'])?.stringValue;
}
