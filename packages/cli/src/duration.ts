// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Call, textFlag } from './command.ts';
import { CliError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9})(ms|s|min|m|h|d)$/;

/** A length of time given with an option, in milliseconds, within bounds where there are any. Throws CliError BAD_ARGUMENT. */
export function durationFlag(
  call: Call,
  flag: string,
  byDefault: string,
  bounds?: { readonly least: string; readonly most: string },
): number {
  const ms = durationOf(textFlag(call, flag) ?? byDefault);
  if (ms === undefined) {
    throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a length of time: 30s, 15min, 2h.`);
  }
  if (bounds === undefined) return ms;
  const { least, most } = bounds;
  if (ms >= (durationOf(least) ?? 0) && ms <= (durationOf(most) ?? 0)) return ms;
  throw new CliError('BAD_ARGUMENT', `Option --${flag} must be from ${least} to ${most}.`);
}

function durationOf(text: string): number | undefined {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0);
}
