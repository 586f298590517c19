// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import * as field from './fields.ts';
import { keyValueHead } from './known-attribute.ts';
import type { DeliverableRecord } from './logs-encoding.ts';
import { varintLength } from './protobuf-writer.ts';
import { putVarint } from './wire-bytes.ts';

/** Key of the attribute that holds P, as it stands in a `KeyValue`. */
export const PAYLOAD_KEY: Buffer = keyOf('audit.integrity.payload');
const NOTE_KEY = keyOf('audit.integrity.note');
const ADDED = Buffer.concat([
  shortText('audit.integrity.signer', 'producer'),
  shortText('audit.integrity.canonicalization', 'jcs'),
  shortText('audit.integrity.hash', '0'.repeat(64)),
]);
const VALUE = shortText('audit.integrity.value', '0'.repeat(88));
const SEAL_HEAD = keyValueHead('audit.integrity.seal', [field.ANY_INT]);

/** Bytes that {@link putIntegrity} takes at most, without the note. */
export const INTEGRITY_BYTES: number = ADDED.length + VALUE.length + SEAL_HEAD.length + NOTE_KEY.length + 32;

/** Writes what is added outside P, P itself apart. @returns the position behind it */
export function putIntegrity(bytes: Buffer, start: number, record: DeliverableRecord): number {
  const { hash, seal, note, signature } = record;
  bytes.set(ADDED, start);
  let at = start + ADDED.length;
  bytes.write(hash, at - 64, 64, 'latin1');
  if (seal !== undefined) {
    const head = at;
    bytes.set(SEAL_HEAD, at);
    at = putVarint(bytes, at + SEAL_HEAD.length, seal);
    bytes[head + 1] = at - head - 2;
    bytes[head + SEAL_HEAD.length - 2] = at - head - SEAL_HEAD.length + 1;
  }
  if (signature !== undefined) {
    bytes.set(VALUE, at);
    at += VALUE.length;
    bytes.write(Buffer.from(signature).toString('base64'), at - 88, 88, 'latin1');
  }
  if (note === undefined) return at;
  const length = Buffer.byteLength(note);
  at = putLongText(bytes, at, NOTE_KEY, length);
  return at + bytes.write(note, at, length, 'utf8');
}

/** Writes all of an attribute but its text. @returns where the text goes */
export function putLongText(bytes: Buffer, start: number, key: Uint8Array, length: number): number {
  const text = 1 + varintLength(length) + length;
  const value = 1 + varintLength(text) + text;
  bytes[start] = field.RECORD_ATTRIBUTES;
  let at = putVarint(bytes, start + 1, key.length + value);
  bytes.set(key, at);
  at += key.length;
  bytes[at] = field.KEY_VALUE_VALUE;
  at = putVarint(bytes, at + 1, text);
  bytes[at] = field.ANY_STRING;
  return putVarint(bytes, at + 1, length);
}

function keyOf(name: string): Buffer {
  return Buffer.concat([Buffer.of(field.KEY_VALUE_KEY, name.length), Buffer.from(name)]);
}

/** A whole attribute whose lengths all fit one byte. */
function shortText(name: string, value: string): Buffer {
  const head = keyValueHead(name, [field.ANY_STRING, value.length]);
  head[1] = head.length - 2 + value.length;
  head[head.length - 3] = 2 + value.length;
  return Buffer.concat([head, Buffer.from(value)]);
}
