// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { types } from 'node:util';

/** RFC 3339 has years of four digits. A time in milliseconds that is taken for seconds lies beyond. */
const LAST_DATE_S = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
/** Larger numbers are milliseconds: as seconds they would lie after the year 5138. */
const LARGEST_SECONDS = 1e11;
const MAX_LOCALITY_BYTES = 128;
const MAX_ID_LENGTH = 4096;
/** Of Cloudflare and others for an unknown country and for Tor; no countries. */
const NO_COUNTRY: ReadonlySet<string> = new Set(['XX', 'T1', 'ZZ']);

/** An id as applications hold them, as text. */
export function readId(value: unknown): string | undefined {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value : undefined;
}

/** `2026-11-21T08:55:41Z`. @param seconds since 1970 */
export function rfc3339(seconds: number | undefined): string | undefined {
  if (seconds === undefined || !(seconds >= 0 && seconds <= LAST_DATE_S)) return undefined;
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}Z`;
}

/** A `Date`, RFC 3339, or seconds or milliseconds since 1970, as RFC 3339 in UTC. */
export function readTime(value: unknown): string | undefined {
  // Of whatever realm.
  if (types.isDate(value)) return rfc3339(value.getTime() / 1000);
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(value) && value.length <= 64) {
    return rfc3339(Date.parse(value) / 1000);
  }
  const number = typeof value === 'string' && /^\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return undefined;
  return rfc3339(number > LARGEST_SECONDS ? number / 1000 : number);
}

export function readBoolean(value: unknown): boolean | undefined {
  if (value === true || value === 1 || value === 'true' || value === '1') return true;
  return value === false || value === 0 || value === 'false' || value === '0' ? false : undefined;
}

/** Two letters of ISO 3166-1. */
export function readCountry(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[A-Za-z]{2}$/.test(value)) return undefined;
  const code = value.toUpperCase();
  return NO_COUNTRY.has(code) ? undefined : code;
}

/** A town, from a header percent-encoded or in UTF-8 as proxies write it. */
export function readLocality(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > 3 * MAX_LOCALITY_BYTES) return undefined;
  const name = decoded(value)?.trim();
  if (name === undefined || name === '' || Buffer.byteLength(name) > MAX_LOCALITY_BYTES) return undefined;
  // Letters, marks, digits, spaces and what stands in names: nothing that could be more than a name.
  return /^[\p{L}\p{M}\p{N} .,'’()/-]+$/u.test(name) ? name : undefined;
}

function decoded(value: string): string | undefined {
  try {
    if (/%[0-9a-f]{2}/i.test(value)) return decodeURIComponent(value);
    // Node reads header bytes as Latin-1; what is no UTF-8 was Latin-1 indeed.
    if (!/^[\0-\u00ff]*$/.test(value) || !/[\u0080-\u00ff]/.test(value)) return value;
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value.includes('%') ? undefined : value;
  }
}
