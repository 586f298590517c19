// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { payloadOf } from './ground.ts';
import type { Sample } from './sample.ts';
import { type SegmentLine, splitSegment } from './segment-lines.ts';

/** By which clock, and from when on, the copy is judged. */
export interface Scope {
  /** One time for all verifications, or a stream that is being written would look forsaken during a long drill. */
  readonly now: number;
  /** Where the copy begins, if earlier streams were left out. */
  readonly since: number | undefined;
}

/** Reads the scope from the copy. Lines that are no records leave it as it is: the control tells of them. */
export function scopeOf(directory: string, sample: Sample, copiedAtMs: number): Scope {
  const files = sample.files.toSorted((a, b) => (basename(a.name) < basename(b.name) ? -1 : 1));
  const [oldest] = files;
  const cut = files.find(({ whole }) => !whole);
  const lines = (name: string): SegmentLine[] => splitSegment(readFileSync(join(directory, name)));
  try {
    const whole = sample.files.length === sample.allFiles;
    return {
      now: (cut && lastNoteMs(lines(cut.name))) ?? copiedAtMs,
      since: whole || oldest === undefined ? undefined : timeMs(lines(oldest.name)[0]),
    };
  } catch {
    return { now: copiedAtMs, since: undefined };
  }
}

function lastNoteMs(lines: readonly SegmentLine[]): number | undefined {
  const note = lines.findLast(({ kind }) => kind === 'note');
  return timeMs(lines.find(({ kind, number }) => kind === 'record' && number === note?.number));
}

function timeMs(line: SegmentLine | undefined): number | undefined {
  const timestamp = line === undefined ? undefined : payloadOf(line).timestamp;
  return timestamp === undefined ? undefined : Number(timestamp / 1_000_000n);
}
