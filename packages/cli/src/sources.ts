// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import { directorySource, ndjsonSource, type Source, segmentSource } from '@stepseal/verifier';
import type { Call } from './command.ts';
import { endedBySignal } from './ended-by-signal.ts';
import { CliError } from './errors.ts';
import { shortPath } from './short-path.ts';
import { statIfPresent } from './stat.ts';

/**
 * What to read: the paths given, else the data directory. A directory holds segments, a file is one segment, and `-`
 * (or a named pipe) brings lines of any streams in any order.
 */
export function openSources(call: Call, paths: readonly string[], dataDir: string): Source[] {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new CliError('BAD_ARGUMENT', 'Standard input (-) can be read only once.');
  }
  return (paths.length === 0 ? [dataDir] : paths).map((path) => {
    if (path === '-') return ndjsonSource(call.stdin);
    const place = shortPath(call.cwd, resolve(call.cwd, path));
    const stat = statIfPresent(resolve(call.cwd, path));
    if (stat === undefined) {
      const remedy = paths.length === 0 ? 'nothing has been recorded here; name a directory' : 'check the path';
      throw new CliError('SOURCE_MISSING', `There is no ${place}: ${remedy}.`);
    }
    if (stat.isFile()) return segmentSource(place);
    return stat.isFIFO() ? ndjsonSource(place) : directorySource(place);
  });
}

/** Frees what sources hold, also when reading them failed or somebody lost patience: all records, in temporary files. */
export async function withSources<T>(sources: readonly Source[], use: () => Promise<T>): Promise<T> {
  const leave = endedBySignal(() => {
    for (const source of sources) void source.dispose?.();
  });
  try {
    return await disposing(sources, use);
  } finally {
    leave();
  }
}

/** As {@link withSources}, where signals are somebody else's. */
export async function disposing<T>(sources: readonly Source[], use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    for (const source of sources) await source.dispose?.();
  }
}
