// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { performance } from 'node:perf_hooks';
import type { HrTime, TimeInput } from '@opentelemetry/api';

/** No process runs for three years; as wall time this is March 1973. */
const UPTIME_MS = 100_000_000_000;

/**
 * Wall milliseconds, floored, of the ways the API writes a time; `now` for none or one that is no time.
 *
 * The API takes a number for one of `performance.now()` when it lies before the process's own start. An event of before
 * that start would then land decades ahead, so that only numbers too small for any wall time are taken that way here.
 */
export function timeInputMs(time: TimeInput | undefined, now: number): number {
  if (time === undefined) return now;
  let ms: number;
  if (typeof time === 'number') ms = time < UPTIME_MS ? performance.timeOrigin + time : time;
  else if (Array.isArray(time)) ms = hrTimeMs(time);
  else if (time instanceof Date) ms = time.getTime();
  else return now;
  return Number.isFinite(ms) && ms > 0 ? Math.floor(ms) : now;
}

/** Wall milliseconds, floored, of seconds and nanoseconds. */
export function hrTimeMs(time: HrTime): number {
  return time[0] * 1000 + Math.floor(time[1] / 1_000_000);
}
