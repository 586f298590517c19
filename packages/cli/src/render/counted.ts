// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** A number of things: `1 stream`, `2 streams`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
