// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { StepUpDurationSource } from '@stepseal/core/semconv';
import type { Ceremony } from './ceremony.ts';

export interface CeremonyDuration {
  readonly durationMs: number | undefined;
  readonly durationSource: StepUpDurationSource;
}

/**
 * How long a step-up has lasted until now, as far as that is known here.
 *
 * @param nowMs monotonic milliseconds
 * @param wallMs wall milliseconds
 */
export function durationOf({ startedAtMs, startedWallMs }: Ceremony, nowMs: number, wallMs: number): CeremonyDuration {
  if (startedAtMs !== undefined) return { durationMs: Math.round(nowMs - startedAtMs), durationSource: 'local' };
  // Another process, or this one before: its wall clock is all there is.
  if (startedWallMs !== undefined) {
    return { durationMs: Math.max(0, Math.round(wallMs - startedWallMs)), durationSource: 'derived' };
  }
  // Begun where nothing is shared: the time lies between that record and this one, for the reader to pair.
  return { durationMs: undefined, durationSource: 'paired' };
}
