// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import canonicalize from 'canonicalize';

const WRAPPERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  stringValue: (value) => typeof value === 'string',
  boolValue: (value) => typeof value === 'boolean',
  doubleValue: (value) => typeof value === 'number' && !Object.is(value, -0),
  intValue: (value) => isDecimal(value, -(2n ** 63n), 2n ** 63n - 1n),
  bytesValue: (value) => typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value,
};

/**
 * A second reading of docs/spec/payload.md that shares nothing with the first: `JSON.parse`, npm `canonicalize`, and
 * the rules of the page one after the other. Slow, and only fit for payloads of ordinary depth.
 */
export function isPayloadByTheBook(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return (
      allStrings(value).every((string) => string.isWellFormed()) && canonicalize(value) === text && isRecord(value)
    );
  } catch {
    return false;
  }
}

function isRecord(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, member]) => {
    switch (key) {
      case 'attributes':
        return isObject(member) && Object.keys(member).length > 0 && Object.values(member).every((v) => isValue(v, 2));
      case 'body':
        return isValue(member, 1);
      case 'event_name':
        return typeof member === 'string' && member !== '';
      case 'timestamp':
      case 'observed_timestamp':
        return isDecimal(member, 1n, 2n ** 64n - 1n);
      case 'trace_id':
        return typeof member === 'string' && /^(?!0+$)[0-9a-f]{32}$/.test(member);
      case 'span_id':
        return typeof member === 'string' && /^(?!0+$)[0-9a-f]{16}$/.test(member);
      default:
        return false;
    }
  });
}

function isValue(value: unknown, depth: number): boolean {
  if (Array.isArray(value)) return depth <= 128 && value.every((item) => isValue(item, depth + 1));
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && (typeof first[1] !== 'object' || first[1] === null)) {
    return Object.hasOwn(WRAPPERS, first[0]) && WRAPPERS[first[0]]?.(first[1]) === true;
  }
  return depth <= 128 && entries.every(([, member]) => isValue(member, depth + 1));
}

function isDecimal(value: unknown, least: bigint, most: bigint): boolean {
  if (typeof value !== 'string' || !/^-?[0-9]+$/.test(value)) return false;
  const number = BigInt(value);
  return String(number) === value && number >= least && number <= most;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function allStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(allStrings);
  return isObject(value) ? [...Object.keys(value), ...Object.values(value).flatMap(allStrings)] : [];
}
