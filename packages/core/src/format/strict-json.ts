// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import type { JsonValue } from './canonical.ts';
import { JsonCursor } from './json-cursor.ts';
import { LIMITS } from './limits.ts';
import { decodeUtf8 } from './utf8.ts';

/** Bounds of {@link parseStrictJson}. */
export interface StrictJsonLimits {
  /** Largest input in bytes; default `LIMITS.payloadBytes`. */
  readonly maxBytes?: number;
  /** Deepest nesting of arrays and objects; default 128, at most 512. */
  readonly maxDepth?: number;
}

/**
 * Parses JSON (RFC 8259) that leaves no room for two readings: strict UTF-8, no byte order mark, no duplicate keys,
 * no lone surrogates, no number beyond the doubles, bounded size and depth. Objects become maps, so that no key is
 * special. The text need not be canonical; compare with {@link canonicalJson} where it must be.
 *
 * @throws FormatError `MALFORMED` with a byte offset, `TOO_LARGE`
 */
export function parseStrictJson(bytes: Uint8Array, limits: StrictJsonLimits = {}): JsonValue {
  const maxBytes = limits.maxBytes ?? LIMITS.payloadBytes;
  if (bytes.length > maxBytes) throw new FormatError('TOO_LARGE', `more than ${maxBytes} bytes`);
  const cursor = new JsonCursor(decodeUtf8(bytes));
  const value = parseValue(cursor, Math.min(limits.maxDepth ?? LIMITS.depth, 512));
  cursor.skipSpace();
  cursor.end();
  return value;
}

function parseValue(cursor: JsonCursor, depth: number): JsonValue {
  cursor.skipSpace();
  switch (cursor.peek()) {
    case 0x7b:
      return parseObject(cursor, depth);
    case 0x5b:
      return parseArray(cursor, depth);
    case 0x22:
      return cursor.string();
  }
  if (cursor.accept('true')) return true;
  if (cursor.accept('false')) return false;
  if (cursor.accept('null')) return null;
  return cursor.number();
}

function parseArray(cursor: JsonCursor, depth: number): JsonValue[] {
  if (depth === 0) cursor.fail('nested too deeply');
  const items: JsonValue[] = [];
  cursor.expect('[');
  cursor.skipSpace();
  if (cursor.accept(']')) return items;
  for (;;) {
    items.push(parseValue(cursor, depth - 1));
    cursor.skipSpace();
    if (cursor.accept(']')) return items;
    cursor.expect(',');
  }
}

function parseObject(cursor: JsonCursor, depth: number): Map<string, JsonValue> {
  if (depth === 0) cursor.fail('nested too deeply');
  const members = new Map<string, JsonValue>();
  cursor.expect('{');
  cursor.skipSpace();
  if (cursor.accept('}')) return members;
  for (;;) {
    cursor.skipSpace();
    const start = cursor.position;
    const key = cursor.string();
    if (members.has(key)) cursor.fail('duplicate key', start);
    cursor.skipSpace();
    cursor.expect(':');
    members.set(key, parseValue(cursor, depth - 1));
    cursor.skipSpace();
    if (cursor.accept('}')) return members;
    cursor.expect(',');
  }
}
