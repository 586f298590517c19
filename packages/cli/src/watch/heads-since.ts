// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { KnownHeads } from '@stepseal/verifier';

/** The id of a stream is made a moment before its first record. */
const MOMENT_MS = 60_000;

/** Known heads of the streams that began at a time or later: those before are outside of the part, and may be deleted. */
export function headsSince(heads: KnownHeads | undefined, sinceMs: number | undefined): KnownHeads | undefined {
  if (heads === undefined || sinceMs === undefined) return heads;
  const isWithin = (id: string): boolean => begunMs(id) >= sinceMs + MOMENT_MS;
  return {
    streams: new Map([...heads.streams].filter(([id]) => isWithin(id))),
    writers: new Map([...heads.writers].filter(([, newest]) => isWithin(newest))),
  };
}

/** RFC 9562, 5.7: the first 48 bits are milliseconds since 1970. */
function begunMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
