// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Whether a figure meets its target: `met`, `waived`, `missed`, or `reported` where it has none. */
export function judge(figure, waivers) {
  if (figure.atMost === undefined && figure.atLeast === undefined) return 'reported';
  if (figure.atMost !== undefined && figure.median <= figure.atMost) return 'met';
  if (figure.atLeast !== undefined && figure.median >= figure.atLeast) return 'met';
  return waivers[figure.id] === undefined ? 'missed' : 'waived';
}

export function measured({ median, min, max, unit }) {
  return `${withUnit(median, unit)} (${digits(min, unit)}–${digits(max, unit)})`;
}

export function target({ atMost, atLeast, unit }) {
  if (atMost !== undefined) return `≤ ${withUnit(atMost, unit)}`;
  return atLeast === undefined ? '' : `≥ ${withUnit(atLeast, unit)}`;
}

function withUnit(value, unit) {
  return unit === 'x' ? digits(value, unit) : `${digits(value, unit)} ${unit}`;
}

function digits(value, unit) {
  const places = unit === 'x' ? 2 : 0;
  // What is rounded to nothing keeps no minus.
  return (Number(value.toFixed(places)) + 0).toFixed(places);
}
