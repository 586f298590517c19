// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Segment, SegmentReader, Source } from './source.ts';

/**
 * Segments held in memory, for tests and for callers that fetched them from elsewhere.
 *
 * @param files - Bytes by name.
 * @param complete - Whether they are all there is; default true. See {@link Source.complete}.
 */
export function memorySource(files: ReadonlyMap<string, Uint8Array>, complete = true): Source {
  const segments = [...files].map(([name, bytes]): Segment => ({ name, open: () => memoryReader(bytes) }));
  return { description: `${files.size} segment(s) in memory`, complete, segments: () => Promise.resolve(segments) };
}

function memoryReader(bytes: Uint8Array): SegmentReader {
  return {
    read(target, at, position) {
      const part = bytes.subarray(position, position + target.length - at);
      target.set(part, at);
      return part.length;
    },
    close() {},
  };
}
