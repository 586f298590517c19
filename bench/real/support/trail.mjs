// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { segmentsOf } from '../../support/segments.mjs';
import { asStepUps } from '../../support/step-ups.mjs';
import { writeTrail } from '../../support/trail.mjs';

export const USERS = 2_000;
const DAYS_MS = 90 * 86_400_000;
const RESOURCE = { 'service.name': 'bench', 'service.version': '1.2.3', 'host.name': 'bench-1' };

/** Thirty days each, as roll-over makes them. */
const INDICES = 3;

/**
 * Seals so many events of step-ups, whose times go evenly over the last ninety days. They are sealed within minutes, in one
 * line of streams.
 *
 * @returns the segments, oldest first
 */
export async function writeStepUps(directory, count, identity) {
  const now = Date.now();
  const stepUp = asStepUps(USERS);
  const vary = (sample, index) => {
    const timestamp = Math.floor(now - DAYS_MS * (1 - index / count));
    return { ...stepUp(sample, index), timestamp, observedTimestamp: timestamp };
  };
  await writeTrail(directory, { size: 'S', count, identity, vary, settings: { resource: RESOURCE } });
  return segmentsOf(directory);
}

/** @returns the segments that go into each of the indices */
export function parted(segments) {
  const each = Math.ceil(segments.length / INDICES);
  return Array.from({ length: INDICES }, (_, index) => segments.slice(index * each, (index + 1) * each));
}
