// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Call, textFlag } from './command.ts';
import { CliError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9})(ms|s|min|m|h|d)$/;

/** A length of time given with an option, in milliseconds. Throws CliError BAD_ARGUMENT. */
export function durationFlag(call: Call, flag: string, byDefault: string): number {
  const [, count, unit] = DURATION.exec(textFlag(call, flag) ?? byDefault) ?? [];
  if (count === undefined || unit === undefined) {
    throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a length of time: 30s, 15min, 2h.`);
  }
  return Number(count) * (UNITS[unit] ?? 0);
}
