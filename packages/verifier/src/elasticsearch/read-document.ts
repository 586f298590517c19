// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { noteLine, type Payload, parsePayload, recordHash } from '@stepseal/core/format';
import { rankOf, streamOf } from '../sources/export-line.ts';
import { member } from '../sources/json-member.ts';
import { chainFacts } from '../stream-facts.ts';
import type { Hit } from './pages.ts';

/** A record as a document carries it, nothing of it proved. */
export interface CarriedRecord {
  readonly stream: string;
  readonly number: number;
  readonly hash: string;
  /** P as a line of a segment, without the line feed. */
  readonly line: Buffer;
  /** Undefined where P is not well-formed. */
  readonly payload: Payload | undefined;
  readonly note: Buffer | undefined;
  readonly signature: { readonly value: string; readonly algorithm: string | undefined } | undefined;
}

/** Event names, and attributes on whatever event, that only sealed records have. */
const OUR_EVENT = /^(?:step_up|audit|stepseal)\./;
const OUR_ATTRIBUTE = /^(?:step_up|stepseal|audit\.(?:integrity|sequence))\./;
/** Only the Collector's fragment makes ids of this form. */
const OUR_ID = /^[0-9a-f]{64}$/;
const STREAM_ID = /^[0-9a-f-]{36}$/;

/** The record in a document; undefined where it carries none that names a stream. */
export function carriedRecord({ source }: Hit): CarriedRecord | undefined {
  const attributes = member(source, 'attributes');
  const text = member(attributes, 'audit.integrity.payload');
  if (typeof text !== 'string') return undefined;
  const line = Buffer.from(text);
  // A line feed would make two lines of it. No byte of this value is anywhere in a payload.
  const bytes = line.includes(0x0a) ? Buffer.from(line.map((byte) => (byte === 0x0a ? 0 : byte))) : line;
  const payload = payloadOf(bytes);
  const place = payload === undefined ? undefined : chainFacts(payload);
  const latin1 = place === undefined ? bytes.toString('latin1') : '';
  const stream = place === undefined ? streamOf(latin1) : place.streamId;
  if (stream === undefined || !STREAM_ID.test(stream)) return undefined;
  const value = member(attributes, 'audit.integrity.value');
  const algorithm = member(member(member(source, 'resource'), 'attributes'), 'audit.integrity.algorithm');
  return {
    stream,
    number: place === undefined ? rankOf(latin1) : (place.number ?? Number.MAX_SAFE_INTEGER),
    hash: recordHash(bytes),
    line: bytes,
    payload,
    note: noteOf(member(attributes, 'audit.integrity.note')),
    // A signature whose Resource names no algorithm is as wrong as one of another algorithm.
    signature:
      typeof value === 'string' ? { value, algorithm: typeof algorithm === 'string' ? algorithm : '' } : undefined,
  };
}

/** Whether a document without a sealed record would be taken for one. */
export function looksSealed({ id, source }: Hit): boolean {
  const eventName = member(source, 'event_name');
  const attributes = member(source, 'attributes');
  const names = typeof attributes === 'object' && attributes !== null ? Object.keys(attributes) : [];
  return (
    OUR_ID.test(id) ||
    (typeof eventName === 'string' && OUR_EVENT.test(eventName)) ||
    names.some((name) => OUR_ATTRIBUTE.test(name))
  );
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
