// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { closeSync, openSync, readSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { LIMITS, parsePayload } from '@stepseal/core/format';
import { directorySource } from '@stepseal/verifier';
import { readStreamEnd, type StreamEnd } from '../status/stream-end.ts';

/** One segment and the time that it spans, as its own records say. Verification comes later, on the copy. */
export interface StreamSpan {
  readonly path: string;
  /** Within the directory. */
  readonly name: string;
  readonly streamId: string;
  readonly predecessor: string | undefined;
  readonly openedMs: number;
  readonly end: StreamEnd;
}

/** The segments of a directory. A file whose first line is no open record spans all time: nobody can say when it is of. */
export async function streamSpans(directory: string): Promise<StreamSpan[]> {
  const spans: StreamSpan[] = [];
  for (const { name: path } of await directorySource(directory).segments()) {
    const end = readStreamEnd(path);
    // Pruned since it was listed, or not to be read: the verdict on the copy tells of what is missing.
    if (end === undefined) continue;
    const { streamId, predecessor, openedMs } = openFacts(path);
    const id = streamId ?? basename(path, '.ndjson');
    spans.push({ path, name: relative(directory, path), streamId: id, predecessor, openedMs, end });
  }
  return spans;
}

interface OpenFacts {
  readonly streamId: string | undefined;
  readonly predecessor: string | undefined;
  readonly openedMs: number;
}

function openFacts(path: string): OpenFacts {
  try {
    const { attributes, timestamp } = parsePayload(firstLine(path));
    const text = (name: string): string | undefined => {
      const value = attributes.get(name);
      return value?.type === 'string' ? value.value : undefined;
    };
    return {
      streamId: text('audit.sequence.stream_id'),
      predecessor: text('stepseal.predecessor.stream_id'),
      openedMs: timestamp === undefined ? Number.NEGATIVE_INFINITY : Number(timestamp / 1_000_000n),
    };
  } catch {
    return { streamId: undefined, predecessor: undefined, openedMs: Number.NEGATIVE_INFINITY };
  }
}

/** An open record has some kilobytes; a line that is longer than a payload may be is none. */
function firstLine(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    for (let size = 16_384; ; size *= 8) {
      const bytes = Buffer.alloc(Math.min(size, LIMITS.payloadBytes + 1));
      const length = readSync(descriptor, bytes, 0, bytes.length, 0);
      const feed = bytes.subarray(0, length).indexOf(0x0a);
      if (feed !== -1 || length < bytes.length || size > LIMITS.payloadBytes)
        return bytes.subarray(0, feed === -1 ? length : feed);
    }
  } finally {
    closeSync(descriptor);
  }
}
