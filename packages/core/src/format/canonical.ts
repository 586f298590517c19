// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { jsonNumber, jsonString } from './json-text.ts';

/** A JSON value. Objects may be plain or, as {@link parseStrictJson} makes them, maps. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>
  | { readonly [key: string]: JsonValue };

/** Nesting beyond which {@link canonicalJson} gives up; far above any limit of the format. */
const MAX_DEPTH = 512;

/**
 * The canonical text of a JSON value (RFC 8785): no white space, keys in order of their UTF-16 code units.
 *
 * @throws FormatError `NOT_ENCODABLE` for what JSON cannot hold: lone surrogates, numbers that are not finite,
 * values of other types, nesting deeper than 512
 */
export function canonicalJson(value: JsonValue): string {
  return encode(value, 0);
}

function encode(value: JsonValue, depth: number): string {
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') throw new FormatError('NOT_ENCODABLE', 'a value is not JSON');
  if (depth === MAX_DEPTH) throw new FormatError('NOT_ENCODABLE', 'nested too deeply');
  if (isArray(value)) return `[${Array.from(value, (item) => encode(item, depth + 1)).join(',')}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries
    .sort(byKey)
    .map(([key, item]) => `${jsonString(key)}:${encode(item, depth + 1)}`)
    .join(',')}}`;
}

function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
