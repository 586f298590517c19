// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the list in an export. */
export const MANIFEST_NAME = 'stepseal-export.json';

const MOST_BYTES = 64 * 1024 * 1024;

/** What lies in an export. It is signed by nobody: the records are. */
export interface Manifest {
  readonly version: 1;
  /** RFC 3339; null where the export begins with the first record there is. */
  readonly since: string | null;
  readonly until: string;
  readonly madeBy: string;
  readonly grade: string;
  readonly identities: readonly { readonly deployment: string; readonly fingerprint: string }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/**
 * When an export in `directory` says that it begins, ms; undefined where there is no export. Whoever can write the
 * directory can write this: nothing passes because of it.
 */
export function claimedSince(directory: string): number | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(join(directory, MANIFEST_NAME), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > MOST_BYTES) return undefined;
    const value: unknown = JSON.parse(readFileSync(descriptor, 'utf8'));
    const since: unknown = Reflect.get(Object(value), 'since');
    const timeMs = typeof since === 'string' ? Date.parse(since) : Number.NaN;
    return Number.isNaN(timeMs) ? undefined : timeMs;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
