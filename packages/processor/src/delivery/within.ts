// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Resolves when `work` has ended, well or not, or after so many milliseconds. Holds the process for that long at most.
 *
 * @returns whether it ended well
 */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const settle = (well: boolean): void => {
      clearTimeout(timer);
      resolve(well);
    };
    work.then(
      () => settle(true),
      () => settle(false),
    );
  });
}
