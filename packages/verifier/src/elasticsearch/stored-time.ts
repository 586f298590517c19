// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { WrittenNumber } from './lossless-json.ts';

const NS_PER_MS = 1_000_000n;
/** RFC 3339 with up to nine digits of a second. */
const DATE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Whether a time of a document is this one, in any shape that versions of the exporter write: milliseconds, a point and
 * the nanoseconds that remain, with or without leading zeros; a date; a whole number of milliseconds.
 */
export function isTime(sealedNs: bigint, stored: unknown): boolean {
  const ms = sealedNs / NS_PER_MS;
  const rest = String(sealedNs % NS_PER_MS);
  if (typeof stored === 'number') return rest === '0' && stored === Number(ms);
  const text = stored instanceof WrittenNumber ? stored.text : stored;
  if (typeof text !== 'string') return false;
  if (text === `${ms}.${rest}` || text === `${ms}.${rest.padStart(6, '0')}`) return true;
  if (text === String(ms)) return rest === '0';
  return nanosecondsOf(text) === sealedNs;
}

function nanosecondsOf(text: string): bigint | undefined {
  const [, second, fraction = '', offset] = DATE.exec(text) ?? [];
  const ms = second === undefined ? Number.NaN : Date.parse(`${second}${offset}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}
