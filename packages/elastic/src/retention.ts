// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ElasticError } from './errors.ts';
import type { JsonObject } from './json.ts';

/** Days of each unit, the longest it can have: nothing goes before what was stated. */
const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 31, year: 366 };
const FORM = /^([1-9]\d{0,4})\s*(day|week|month|year)s?$/i;

export interface Retention {
  /** As it was stated: `400 days`, `13 months`, `7 years`, or `forever`. */
  readonly words: string;
  /** Undefined: nothing is ever deleted. */
  readonly days: number | undefined;
}

export const FOREVER: Retention = { words: 'forever', days: undefined };

/**
 * Reads how long records are to be kept: `forever`, or a number of days, weeks, months (31 days) or years (366 days).
 *
 * @throws ElasticError `ELASTIC_SETTING_INVALID`
 */
export function parseRetention(words: string): Retention {
  const plain = words.trim().toLowerCase();
  if (plain === 'forever') return FOREVER;
  const [, count, unit] = FORM.exec(plain) ?? [];
  if (count === undefined || unit === undefined) {
    const forms = '`forever`, or a number of days, weeks, months or years, such as `400 days`';
    throw new ElasticError('ELASTIC_SETTING_INVALID', `A retention is ${forms}.`);
  }
  return { words: `${count} ${unit}${count === '1' ? '' : 's'}`, days: Number(count) * (DAYS[unit] ?? 1) };
}

/** In words: what goes, and when. */
export function retentionInWords({ words, days }: Retention): string {
  if (days === undefined) return 'Nothing is ever deleted.';
  const late = days + ROLLOVER_DAYS;
  return `Kept for ${words}: an index goes, as a whole, ${days} days after its last record, so a record is ${days} to ${late} days old then.`;
}

/** Whole indices are deleted: the longer each is written, the longer its oldest record waits for its newest. */
const ROLLOVER_DAYS = 30;

/** The phases of the lifecycle policy. Written out with the server's defaults, so that it can be compared. */
export function lifecyclePhases({ days }: Retention): JsonObject {
  return {
    hot: {
      min_age: '0ms',
      actions: { rollover: { max_age: `${ROLLOVER_DAYS}d`, max_primary_shard_size: '25gb' } },
    },
    // Nothing is written to an index that was rolled over, so nobody need be able to.
    warm: { min_age: '1d', actions: { readonly: {}, forcemerge: { max_num_segments: 1 } } },
    ...(days !== undefined && {
      delete: { min_age: `${days}d`, actions: { delete: { delete_searchable_snapshot: true } } },
    }),
  };
}
