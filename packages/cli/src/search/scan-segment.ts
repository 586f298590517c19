// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { LIMITS } from '@stepseal/core/format';
import type { SegmentReader } from '@stepseal/verifier';
import { isInName, isNote, LF, timeOfLine } from './line-bytes.ts';

/** One condition on a line: met where all needles of one of its alternatives stand in it. */
export interface LineTerm {
  readonly alternatives: readonly (readonly Uint8Array[])[];
  /** Bytes of which one stands in every line that meets the term, where those are fewer to look for. */
  readonly seeds?: readonly Uint8Array[];
  /** True where the needles are words of a value: in the name of a member they do not count. */
  readonly inValues: boolean;
  /** False where the time window does not apply. */
  readonly inWindow: boolean;
}

/** Milliseconds since 1970, the first included and the second not. */
export interface TimeWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Answers for a place where a needle was found, before its line is looked at. */
export type Wanted = (block: Buffer, at: number) => boolean;

/** Called with a whole line, its place in the segment, its time, and the term that it meets. */
export type LineHit = (
  bytes: Buffer,
  start: number,
  end: number,
  hit: { readonly offset: number; readonly timeMs: number; readonly term: number; readonly at: number },
) => void;

const CHUNK_BYTES = 1 << 20;

/** One for all segments that this thread reads, one after the other: there may be thousands of small ones. */
let shared: Buffer | undefined;

/**
 * Finds the lines of a segment that meet a term, in constant memory and without parsing: all needles are looked for in a
 * megabyte at once, and only lines that hold one are looked at. A line that meets several terms is told of each, one that
 * meets a term in several ways once or more often. What is not terminated at the end, and what is longer than any record,
 * is passed over.
 */
export function scanSegment(
  reader: SegmentReader,
  terms: readonly LineTerm[],
  window: TimeWindow | undefined,
  hit: LineHit,
  wanted?: Wanted,
): number {
  shared ??= Buffer.allocUnsafeSlow(CHUNK_BYTES + LIMITS.payloadBytes + 1);
  const buffer = shared;
  let filled = 0;
  let position = 0;
  let overlong = false;
  for (;;) {
    const space = buffer.subarray(0, Math.min(buffer.length, filled + CHUNK_BYTES));
    const count = reader.read(space, filled, position);
    if (count === 0) return position;
    const base = position - filled;
    position += count;
    filled += count;
    let start = 0;
    if (overlong) {
      const lf = buffer.indexOf(LF, filled - count);
      if (lf === -1 || lf >= filled) {
        filled = 0;
        continue;
      }
      start = lf + 1;
      overlong = false;
    }
    const lines = buffer.subarray(0, filled);
    const end = lines.lastIndexOf(LF) + 1;
    if (end > start) {
      const block = buffer.subarray(0, end);
      for (const [index, term] of terms.entries()) {
        const needles = term.seeds ?? term.alternatives.flatMap(([first]) => first ?? []);
        for (const needle of needles) scanBlock({ block, from: start, base, term, index, window, hit, wanted }, needle);
      }
      start = end;
    }
    buffer.copyWithin(0, start, filled);
    filled -= start;
    if (filled > LIMITS.payloadBytes) {
      overlong = true;
      filled = 0;
    }
  }
}

interface Block {
  readonly block: Buffer;
  readonly from: number;
  /** Offset of the block's first byte in the segment. */
  readonly base: number;
  readonly term: LineTerm;
  readonly index: number;
  readonly window: TimeWindow | undefined;
  readonly hit: LineHit;
  readonly wanted: Wanted | undefined;
}

function scanBlock({ block, from, base, term, index, window, hit, wanted }: Block, needle: Uint8Array): void {
  const { inValues, inWindow, seeds, alternatives } = term;
  // A needle by itself proves the term; else the line is compared with all that it asks for.
  const suffices = seeds === undefined && alternatives.every(({ length }) => length === 1);
  for (let at = block.indexOf(needle, from); at !== -1; ) {
    if ((inValues && isInName(block, at)) || wanted?.(block, at) === false) {
      at = block.indexOf(needle, at + 1);
      continue;
    }
    const start = Math.max(from, block.lastIndexOf(LF, at) + 1);
    const end = block.indexOf(LF, at);
    if (!isNote(block, start) && (suffices || meets(block, start, end, term))) {
      const timeMs = timeOfLine(block, start, end);
      if (!inWindow || window === undefined || (timeMs >= window.sinceMs && timeMs < window.untilMs)) {
        hit(block, start, end, { offset: base + start, timeMs, term: index, at });
      }
    }
    at = block.indexOf(needle, end + 1);
  }
}

/** Whether the line meets a term. */
export function meets(block: Buffer, start: number, end: number, { alternatives, inValues }: LineTerm): boolean {
  const line = block.subarray(start, end);
  return alternatives.some((needles) => needles.every((needle) => stands(line, needle, inValues)));
}

function stands(line: Buffer, needle: Uint8Array, inValues: boolean): boolean {
  let at = line.indexOf(needle);
  while (inValues && at !== -1 && isInName(line, at)) at = line.indexOf(needle, at + 1);
  return at !== -1;
}
