// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { RetentionSettings } from './settings.ts';

/** A stream that could go. */
export interface StoredStream {
  readonly streamId: string;
  /** Its writer's directory. */
  readonly directory: string;
  readonly path: string;
  readonly bytes: number;
  /** Wall milliseconds of its last change. */
  readonly changedMs: number;
}

/** A stream that has to go, and why. */
export interface Planned extends StoredStream {
  /** The rule, for the prune record. */
  readonly policy: string;
}

/** What a plan is made from. Sizes in bytes. */
export interface PlanInput {
  /** Ended and delivered streams of all writers. */
  readonly streams: readonly StoredStream[];
  /** Bytes of all segments, those that must stay included. */
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly nowMs: number;
  /** What has to be true of a stream besides: `delivered and `, or nothing. */
  readonly condition: string;
}

/**
 * The streams to delete, oldest first. It follows from the data directory alone, so that several processes over one
 * directory come to the same plan and none deletes more than is needed because another one deletes too.
 */
export function planDeletions(input: PlanInput, settings: RetentionSettings): Planned[] {
  const { condition, nowMs } = input;
  const planned: Planned[] = [];
  let total = input.totalBytes;
  let free = input.freeBytes;
  // Stream ids begin with the time of their creation.
  for (const stream of input.streams.toSorted((a, b) => (a.streamId < b.streamId ? -1 : 1))) {
    const rule = ruleFor(stream, { total, free, nowMs }, settings);
    if (rule === undefined) continue;
    planned.push({ ...stream, policy: `${condition}${rule}` });
    total -= stream.bytes;
    free += stream.bytes;
  }
  return planned;
}

function ruleFor(
  stream: StoredStream,
  { total, free, nowMs }: { readonly total: number; readonly free: number; readonly nowMs: number },
  { maxAgeMs, maxBytes, minFreeBytes }: RetentionSettings,
): string | undefined {
  if (maxAgeMs > 0 && nowMs - stream.changedMs > maxAgeMs) return `older than ${duration(maxAgeMs)}`;
  if (maxBytes > 0 && total > maxBytes) return `oldest of more than ${size(maxBytes)}`;
  if (minFreeBytes > 0 && free < minFreeBytes) return `oldest while less than ${size(minFreeBytes)} is free`;
  return undefined;
}

const DURATIONS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [1_000, 's'],
  [1, 'ms'],
] as const;

const SIZES = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1, 'bytes'],
] as const;

function duration(ms: number): string {
  return exactly(ms, DURATIONS);
}

function size(bytes: number): string {
  return exactly(bytes, SIZES);
}

/** In the largest unit in which it is a whole number. */
function exactly(value: number, units: readonly (readonly [size: number, name: string])[]): string {
  const [unit, name] = units.find(([unit]) => value % unit === 0) ?? [1, ''];
  return `${value / unit} ${name}`;
}
