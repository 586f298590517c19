// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Wall and monotonic milliseconds that move only when a test says so. */
export class TestClock {
  wallMs: number;
  monotonicMs: number;

  constructor(wallMs: number = Date.UTC(2026, 10, 2, 9, 0, 0), monotonicMs = 5_000) {
    this.wallMs = wallMs;
    this.monotonicMs = monotonicMs;
  }

  /** Time passes for both clocks. */
  advance(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
  }

  /** Somebody, or NTP, sets the wall clock; the monotonic one knows nothing of it. */
  setWallBy(ms: number): void {
    this.wallMs += ms;
  }
}
