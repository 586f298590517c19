// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { basename } from 'node:path';
import type { Segment, Source } from '@stepseal/verifier';
import { statIfPresent } from '../stat.ts';
import type { Look, Outline } from './growth.ts';

/** Looks at the segments of directories: their sizes, and when anything about each was last changed, which nobody can set. */
export function segmentOutline(sources: () => readonly Source[]): Look {
  return async (): Promise<Outline> => {
    const streams = new Map<string, string>();
    for (const source of sources()) {
      for (const { name } of await source.segments()) {
        const stat = statIfPresent(name);
        const seen = [name, stat?.ino, stat?.size, stat?.ctimeMs].join(' ');
        const id = streamOf(name);
        streams.set(id, [streams.get(id), seen].filter(Boolean).join('; '));
      }
    }
    return { streams, rest: '' };
  };
}

/** Those segments of a source that are of certain streams. */
export function segmentsOf(source: Source, streams: ReadonlySet<string>): Source {
  return {
    description: source.description,
    complete: false,
    segments: async (): Promise<readonly Segment[]> =>
      (await source.segments()).filter(({ name }) => streams.has(streamOf(name))),
  };
}

function streamOf(name: string): string {
  return basename(name, '.ndjson');
}
