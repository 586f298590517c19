// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { isUuidV7 } from '@stepseal/core/format';
import { isCount, jsonObject, readSmallFile } from './read-small-file.ts';

/** Name of the list in a writer's directory. */
export const SET_ASIDE_FILE = 'set-aside.ndjson';

/** Entries are short and rare: a file beyond this is not one of ours. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A record that a receiver refused for good. It stays in its segment. */
export interface SetAsideEntry {
  readonly streamId: string;
  readonly number: number;
  /** Record hash: of the line as it lies in the segment. */
  readonly hash: string;
  readonly eventName: string;
  /** `bad_request`, `too_large`, `rejected` or `malformed`, and at most 200 characters of the receiver's own text. */
  readonly answer: string;
  /** HTTP status; 0 when nothing was sent, as of a line that is no record. */
  readonly status: number;
  /** Wall milliseconds. */
  readonly timeMs: number;
}

/** What was set aside in a writer's directory, oldest first, each record once. A line that is torn is left out. */
export function readSetAside(writerDirectory: string): readonly SetAsideEntry[] {
  const bytes = readSmallFile(join(writerDirectory, SET_ASIDE_FILE), MAX_BYTES);
  const entries = new Map<string, SetAsideEntry>();
  for (const line of bytes?.toString('utf8').split('\n') ?? []) {
    const entry = line === '' ? undefined : entryOf(line);
    if (entry !== undefined) entries.set(`${entry.streamId}:${entry.number}`, entry);
  }
  return [...entries.values()];
}

function entryOf(line: string): SetAsideEntry | undefined {
  const value = jsonObject(line);
  if (value === undefined) return undefined;
  const { streamId, number, hash, eventName, answer, status, timeMs } = value;
  if (typeof streamId !== 'string' || !isUuidV7(streamId) || !isCount(number)) return undefined;
  if (typeof hash !== 'string' || typeof eventName !== 'string' || typeof answer !== 'string') return undefined;
  if (!isCount(status) || !isCount(timeMs)) return undefined;
  return { streamId, number, hash, eventName, answer, status, timeMs };
}
