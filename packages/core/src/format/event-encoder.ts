// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENTS } from '../semconv/generated/events.ts';
import { encodeWithRepair } from './event-encoder-repair.ts';
import { encoding } from './event-encoder-text.ts';
import type { ChainFields, EncodedEvent, EventRecord } from './event-encoder-types.ts';
import { FAST_ENCODERS } from './generated/encoders.ts';
import { LIMITS } from './limits.ts';

const names: ReadonlySet<string> = new Set(Object.keys(EVENTS));
const NOTHING: readonly string[] = Object.freeze([]);
/** A UTF-16 code unit takes at most three bytes, so that shorter text needs no counting. */
const SURELY_FITS = LIMITS.ownPayloadBytes / 3;

/** Whether the registry has an event of this name. Others are foreign: encode them with `encodePayload`. */
export function isRegistryEvent(name: string): boolean {
  return names.has(name);
}

/**
 * The canonical payload P of a registry event (docs/spec/payload.md), equal to `encodePayload` of the same content.
 *
 * Never throws, whatever the event holds, because a record about a user must not be lost for a string that user sent.
 * Text is made well-formed and cut to its registry length at a code point; times are floored to milliseconds; numbers
 * become safe integers; values of the wrong type and names that do not belong to the event are dropped. All names so
 * touched are listed in `stepseal.sanitised` (`unknown` for names outside the registry). P is at most
 * `LIMITS.ownPayloadBytes`. The encoder adds `audit.record.id`, `audit.sequence.*` and `audit.schema.version`.
 */
export function encodeEvent(record: EventRecord, chain: ChainFields): string {
  return encodeUnmended(record, chain) ?? encodeWithRepair(record, chain).payload;
}

/** `encodeEvent`, with what its caller needs to write the payload cheaply and to count what was mended. */
export function encodeEventDetailed(record: EventRecord, chain: ChainFields): EncodedEvent {
  const payload = encodeUnmended(record, chain);
  if (payload === undefined) return encodeWithRepair(record, chain);
  return { payload, ascii: encoding.ascii, sanitised: NOTHING };
}

/** The payload if nothing must be mended, else undefined. */
function encodeUnmended(record: EventRecord, chain: ChainFields): string | undefined {
  try {
    const payload = FAST_ENCODERS.get(record.eventName)?.(record, chain);
    if (payload === undefined || payload.length <= SURELY_FITS) return payload;
    return Buffer.byteLength(payload) <= LIMITS.ownPayloadBytes ? payload : undefined;
  } catch {
    // Only a hostile record throws: a getter, a proxy. The careful way reads it value by value.
    return undefined;
  }
}
