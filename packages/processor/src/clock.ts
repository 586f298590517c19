// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { performance } from 'node:perf_hooks';

/** Where time comes from. Both in milliseconds. */
export interface Clock {
  /** Wall time since 1970-01-01T00:00:00Z, whole. May be set by anybody at any moment. */
  wallMs(): number;
  /** Time since some moment in the past; never falls, and stands still while the machine sleeps. */
  monotonicMs(): number;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
