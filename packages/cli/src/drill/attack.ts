// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { DrillStream, Ground } from './ground.ts';
import { joinLines, type SegmentLine } from './segment-lines.ts';

export type AttackKind = 'edit' | 'delete' | 'reorder' | 'insert' | 'truncate' | 'forge';

/** One way to tamper with sealed records, as somebody with write access to their files would. */
export interface Attack {
  readonly kind: AttackKind;
  /** Stable, for scripts: `edit-value`. */
  readonly id: string;
  /** What it comes down to, in a few words. */
  readonly title: string;
  /** What to do to this copy, or why it cannot be shown on it. */
  plan(ground: Ground): Plan | string;
}

/** An attack on one copy. */
export interface Plan {
  /** What is done, in one sentence: file, record, what it said before. */
  readonly done: string;
  readonly stream: string;
  /** The record that a verifier should point at; undefined where a whole stream is concerned. */
  readonly record?: number;
  /** New content of the files that change; null takes one away. */
  readonly files: ReadonlyMap<string, Buffer | null>;
}

/** A plan that gives one stream other lines. */
export function planFor(
  stream: DrillStream,
  record: number | undefined,
  lines: readonly SegmentLine[],
  done: string,
): Plan {
  return {
    done,
    stream: stream.id,
    ...(record === undefined ? {} : { record }),
    files: new Map([[stream.path, joinLines(lines)]]),
  };
}

/** Other lines in the place of one; none takes it away. */
export function replaceLine(stream: DrillStream, line: SegmentLine, ...others: readonly SegmentLine[]): SegmentLine[] {
  return stream.lines.flatMap((one) => (one === line ? others : [one]));
}

export const NOTHING_SUITABLE = 'the copy holds no record that it could be shown on';
