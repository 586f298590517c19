// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { performance } from 'node:perf_hooks';
import type { HrTime, TimeInput } from '@opentelemetry/api';

/**
 * Wall milliseconds, floored, of the three ways the API writes a time; `now` for none or one that is no time.
 *
 * A number below the process's own time origin is one of `performance.now()`, as the API defines it.
 */
export function timeInputMs(time: TimeInput | undefined, now: number): number {
  if (time === undefined) return now;
  let ms: number;
  if (typeof time === 'number') ms = time < performance.timeOrigin ? performance.timeOrigin + time : time;
  else if (Array.isArray(time)) ms = hrTimeMs(time);
  else if (time instanceof Date) ms = time.getTime();
  else return now;
  return Number.isFinite(ms) && ms > 0 ? Math.floor(ms) : now;
}

/** Wall milliseconds, floored, of seconds and nanoseconds. */
export function hrTimeMs(time: HrTime): number {
  return time[0] * 1000 + Math.floor(time[1] / 1_000_000);
}
