// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT } from './fields.ts';
import type { Bars, Measure, Split } from './panel.ts';
import type { Where } from './where.ts';

export const BY_DAY: Split = { by: 'days', label: 'Day' };

/** Records of that event. */
export function event(name: string): Where {
  return [{ field: EVENT, is: name }];
}

/** The value in the newest record that has one. */
export function newest(field: string, label: string): Measure {
  return { figure: 'last', field, label };
}

/** Records counted, and each bar stacked of what they are: days from left to right, anything else from top to bottom. */
export function stackedCounts(label: string, across: Split, stacked: Split): Bars {
  const horizontal = across.by === 'days' ? {} : { horizontal: true as const };
  return { chart: 'bars', ...horizontal, across, stacked, measures: [{ figure: 'count', label }] };
}
