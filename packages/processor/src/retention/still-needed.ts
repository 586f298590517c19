// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Declaration } from './declaration.ts';
import type { StoredStream } from './plan.ts';

/**
 * A deletion stays declared until the stream would have been this old: who verifies with known heads at least once in 13
 * months is never told that it is missing.
 */
const DECLARED_FOR_MS = 400 * 86_400_000;

/**
 * The declarations of streams that go which have to be made again, since something that stays may still name what they
 * declare: a stream of those days, or somebody's known heads.
 *
 * @param leaving - ids of the streams that go, whose deletion is declared anyway
 * @param predecessorOf - id that the open record of a file names
 */
export function stillNeeded(
  carried: readonly Declaration[],
  leaving: ReadonlySet<string>,
  staying: readonly StoredStream[],
  nowMs: number,
  predecessorOf: (path: string) => string | undefined,
): Declaration[] {
  if (carried.length === 0) return [];
  const present = new Set(staying.map(({ streamId }) => streamId));
  const oldest = staying.reduce((least, { streamId }) => (streamId < least ? streamId : least), '\uffff');
  let named: ReadonlySet<string | undefined> | undefined;
  const needed = new Map<string, Declaration>();
  for (const declaration of carried) {
    const { streamId } = declaration;
    // A stream that was declared and is still there is declared again when it goes.
    if (present.has(streamId) || leaving.has(streamId)) continue;
    const young = nowMs - createdMs(streamId) < DECLARED_FOR_MS;
    if (!young && streamId < oldest) named ??= new Set(staying.map(({ path }) => predecessorOf(path)));
    if (young || streamId > oldest || named?.has(streamId) === true) needed.set(streamId, declaration);
  }
  return [...needed.values()];
}

/** UUIDv7 begins with 48 bits of milliseconds since 1970 (RFC 9562, 5.7). */
function createdMs(streamId: string): number {
  return Number.parseInt(streamId.replaceAll('-', '').slice(0, 12), 16);
}
