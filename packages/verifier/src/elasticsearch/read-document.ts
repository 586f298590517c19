// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isNoteLine, noteLine, type Payload, parsePayload, recordHash } from '@stepseal/core/format';
import { rankOf, streamOf } from '../sources/export-line.ts';
import { member } from '../sources/json-member.ts';
import { chainFacts } from '../stream-facts.ts';
import { isSealingEvent } from '../stream-state.ts';
import { isAsSealed } from './compare-document.ts';
import type { ExportedFacts } from './exported-facts.ts';
import type { Hit } from './pages.ts';
import { isObject } from './stored-value.ts';

/** A record as a document carries it, nothing of it proved. */
export interface CarriedRecord {
  readonly stream: string;
  readonly number: number;
  readonly hash: string;
  /** P as a line of a segment, without the line feed; as text where every field surely says what it seals. */
  readonly line: Buffer | string;
  /** Undefined where P is not well-formed, or nobody has to read it. */
  readonly payload: Payload | undefined;
  readonly note: Buffer | undefined;
  readonly signature: { readonly value: string; readonly algorithm: string | undefined } | undefined;
}

/** Event names, and attributes on whatever event, that only sealed records have. */
const OUR_EVENT = /^(?:step_up|audit|stepseal)\./;
const OUR_ATTRIBUTE = /^(?:step_up|stepseal|audit\.(?:integrity|sequence))\./;
/** Where the name of an event stands, or is taken from. */
const EVENT_NAME: ReadonlySet<string> = new Set(['event_name', 'event.name']);
/** Only the Collector's fragment makes ids of this form. */
const OUR_ID = /^[0-9a-f]{64}$/;
const STREAM_ID = /^[0-9a-f-]{36}$/;

/**
 * The record in a document; undefined where it carries none that names a stream.
 *
 * @param factsOf what is known of a stream's open record
 */
export function carriedRecord(
  hit: Hit,
  factsOf: (stream: string) => ExportedFacts | undefined,
): CarriedRecord | undefined {
  const { source } = hit;
  const attributes = member(source, 'attributes');
  const text = member(attributes, 'audit.integrity.payload');
  if (typeof text !== 'string') return undefined;
  const around = { note: noteOf(member(attributes, 'audit.integrity.note')), signature: signatureOf(source) };
  const place = statedPlace(source, attributes);
  if (place !== undefined) {
    const hash = recordHash(text);
    if (isAsSealed(hit, { text, hash }, factsOf(place.stream)))
      return { ...place, hash, line: text, payload: undefined, ...around };
  }
  const record = parsedRecord(Buffer.from(text));
  if (record === undefined) return undefined;
  // A note is its sealing record's. On another one it is a field that nobody sealed, and is told as such.
  const own = record.payload === undefined || isSealingEvent(record.payload.eventName);
  return { ...record, ...around, note: own ? around.note : undefined };
}

function parsedRecord(line: Buffer): Omit<CarriedRecord, 'note' | 'signature'> | undefined {
  // A line feed would make two lines of it. No byte of this value is anywhere in a payload.
  const bytes = line.includes(0x0a) ? Buffer.from(line.map((byte) => (byte === 0x0a ? 0 : byte))) : line;
  const payload = payloadOf(bytes);
  const place = payload === undefined ? undefined : chainFacts(payload);
  const latin1 = place === undefined ? bytes.toString('latin1') : '';
  // A note names its stream, too. It is no record, and fields beside it would be compared with nothing.
  if (isNoteLine(bytes)) return undefined;
  const stream = place === undefined ? streamOf(latin1) : place.streamId;
  if (stream === undefined || !STREAM_ID.test(stream)) return undefined;
  const number = place === undefined ? rankOf(latin1) : (place.number ?? Number.MAX_SAFE_INTEGER);
  return { stream, number, hash: recordHash(bytes), line: bytes, payload };
}

/** The place that the fields state; undefined where there is none, and of the trail's own records, which are read. */
function statedPlace(source: unknown, attributes: unknown): { stream: string; number: number } | undefined {
  const stream = member(attributes, 'audit.sequence.stream_id');
  const number = member(attributes, 'audit.sequence.number');
  const eventName = member(source, 'event_name');
  if (typeof stream !== 'string' || typeof number !== 'number' || typeof eventName !== 'string') return undefined;
  return STREAM_ID.test(stream) && !eventName.startsWith('stepseal.') ? { stream, number } : undefined;
}

function signatureOf(source: unknown): CarriedRecord['signature'] {
  const value = member(member(source, 'attributes'), 'audit.integrity.value');
  if (typeof value !== 'string') return undefined;
  const algorithm = member(member(member(source, 'resource'), 'attributes'), 'audit.integrity.algorithm');
  // A signature whose Resource names no algorithm is as wrong as one of another algorithm.
  return { value, algorithm: typeof algorithm === 'string' ? algorithm : '' };
}

/**
 * Whether a document without a sealed record would be taken for one. Elasticsearch reads objects and lists of objects as
 * dotted names, wherever in the document they begin.
 */
export function looksSealed({ id, source }: Hit): boolean {
  if (OUR_ID.test(id)) return true;
  for (const [path, value] of leaves('', source)) {
    const name = path.replace(/^attributes\./, '');
    if (OUR_ATTRIBUTE.test(name)) return true;
    if (EVENT_NAME.has(name) && typeof value === 'string' && OUR_EVENT.test(value)) return true;
  }
  return false;
}

function* leaves(path: string, value: unknown): Generator<readonly [path: string, value: unknown]> {
  if (Array.isArray(value)) for (const item of value) yield* leaves(path, item);
  else if (!isObject(value)) yield [path, value];
  else for (const [key, item] of Object.entries(value)) yield* leaves(path === '' ? key : `${path}.${key}`, item);
}

function payloadOf(bytes: Buffer): Payload | undefined {
  try {
    return parsePayload(bytes);
  } catch {
    return undefined;
  }
}

function noteOf(note: unknown): Buffer | undefined {
  if (typeof note !== 'string') return undefined;
  try {
    return Buffer.from(noteLine(note));
  } catch {
    return undefined;
  }
}
