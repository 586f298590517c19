// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Call, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import type { TimeWindow } from './scan-segment.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const AGO = /^(\d{1,6})(s|min|m|h|d|w)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:\d{2})?$/;

/** `--since` (included) and `--until` (not included). Undefined without either. Throws CliError BAD_ARGUMENT. */
export function timeWindow(call: Call, nowMs: number = Date.now()): TimeWindow | undefined {
  const since = textFlag(call, 'since');
  const until = textFlag(call, 'until');
  if (since === undefined && until === undefined) return undefined;
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : readTime('since', since, nowMs);
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : readTime('until', until, nowMs);
  if (sinceMs >= untilMs) throw new CliError('BAD_ARGUMENT', 'Option --since must be earlier than --until.');
  return { sinceMs, untilMs };
}

function readTime(flag: string, text: string, nowMs: number): number {
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return nowMs - Number(count) * (UNITS[unit] ?? 0);
  const timeMs = DATE.test(text) ? Date.parse(text) : dateTime(text);
  if (!Number.isNaN(timeMs) && isDay(text.slice(0, 10))) return timeMs;
  throw new CliError(
    'BAD_ARGUMENT',
    `Option --${flag} needs a date (2026-11-01), a time (2026-11-01T09:30:00Z), or how long ago (90d, 2h, 15min).`,
  );
}

/** The 30th of February would be read as the 2nd of March: another part than was asked for. */
function isDay(date: string): boolean {
  const timeMs = Date.parse(date);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(date);
}

/** Without a zone it is UTC, as everything printed is. */
function dateTime(text: string): number {
  const [, date, time, zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  return Date.parse(`${date}T${time}${zone.toUpperCase()}`);
}
