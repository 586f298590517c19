// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isCount, jsonObject, readSmallFile } from './read-small-file.ts';

/** Name of the folder in the data directory. */
export const HEALTH_FOLDER = 'health';

const NAME = /^\d+-\d+\.json$/;
const MAX_BYTES = 256 * 1024;

/** A library whose calls Stepseal was told to observe. */
export interface InstrumentedLibrary {
  readonly library: string;
  readonly version: string;
  readonly observed: boolean;
}

/** What one thread of one process last said of itself. Times are wall milliseconds. */
export interface HealthReport {
  /** The file it stands in. */
  readonly path: string;
  readonly pid: number;
  readonly threadId: number;
  readonly startedMs: number;
  readonly updatedMs: number;
  /** As `WriterState`. */
  readonly state: string;
  readonly lastSealMs?: number;
  readonly lastNoteMs?: number;
  readonly emitted: number;
  readonly sealed: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly refused: number;
  readonly setAside: number;
  readonly waiting: number;
  readonly queueBytes: number;
  readonly oldestUndeliveredMs?: number;
  /** Origin of the endpoint: no credentials, no query. */
  readonly endpoint?: string;
  readonly instrumented: readonly InstrumentedLibrary[];
  readonly counts: Readonly<Record<string, number>>;
  /** Codes of what is wrong. */
  readonly problems: readonly string[];
}

/** The health files of a data directory. A file that is torn, or of another version, is left out. */
export function readHealth(dataDir: string): readonly HealthReport[] {
  const folder = join(dataDir, HEALTH_FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .flatMap((name) => reportOf(join(folder, name)) ?? []);
}

function reportOf(path: string): HealthReport | undefined {
  const bytes = readSmallFile(path, MAX_BYTES);
  const value = bytes === undefined ? undefined : jsonObject(bytes.toString('utf8'));
  if (value?.['version'] !== 1) return undefined;
  const { pid, threadId, startedMs, updatedMs, state } = value;
  if (!isCount(pid) || !isCount(threadId) || !isCount(startedMs) || !isCount(updatedMs)) return undefined;
  if (typeof state !== 'string') return undefined;
  const count = (key: string): number => (isCount(value[key]) ? value[key] : 0);
  const time = (key: string): Record<string, number> => (isCount(value[key]) ? { [key]: value[key] } : {});
  return {
    path,
    pid,
    threadId,
    startedMs,
    updatedMs,
    state,
    ...time('lastSealMs'),
    ...time('lastNoteMs'),
    emitted: count('emitted'),
    sealed: count('sealed'),
    acknowledged: count('acknowledged'),
    delivered: count('delivered'),
    refused: count('refused'),
    setAside: count('setAside'),
    waiting: count('waiting'),
    queueBytes: count('queueBytes'),
    ...time('oldestUndeliveredMs'),
    ...(typeof value['endpoint'] === 'string' ? { endpoint: value['endpoint'] } : {}),
    instrumented: list(value['instrumented']).flatMap((item) => libraryOf(item) ?? []),
    counts: countsOf(value['counts']),
    problems: list(value['problems']).filter((item) => typeof item === 'string'),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function libraryOf(value: unknown): InstrumentedLibrary | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { library, version, observed } = value as Record<string, unknown>;
  if (typeof library !== 'string' || typeof version !== 'string') return undefined;
  return { library, version, observed: observed === true };
}

function countsOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => isCount(entry[1]) && entry[0] !== '__proto__'),
  );
}
