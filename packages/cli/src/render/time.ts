// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** `2026-11-21 09:12:03.125Z`; what is no time says so. */
export function dateTime(timeMs: number | undefined): string {
  return isTime(timeMs) ? new Date(timeMs).toISOString().replace('T', ' ') : 'unknown';
}

/** `09:12:03.125`, in UTC. */
export function timeOfDay(timeMs: number): string {
  return isTime(timeMs) ? new Date(timeMs).toISOString().slice(11, 23) : 'unknown';
}

/** `2026-11-21T09:12:03.125Z`; null for what is no time. */
export function isoTime(timeMs: number | undefined): string | null {
  return isTime(timeMs) ? new Date(timeMs).toISOString() : null;
}

/** `80 ms`, `1.2 s`, `4 min 5 s`, `2 h 3 min`, `19 days 2 h`: as exact as is of use. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, 'min', Math.floor(seconds % 60), 's');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? joined(hours, 'h', minutes % 60, 'min') : joined(Math.floor(hours / 24), 'days', hours % 24, 'h');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Dates that JavaScript can hold; records say what they like. */
function isTime(timeMs: number | undefined): timeMs is number {
  return timeMs !== undefined && Math.abs(timeMs) <= 8.64e15;
}

/** `0.4 s`, `120 s`: what the format states in seconds. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1).replace(/\.0$/, '')} s`;
}
