// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTR_STEP_UP_ID } from '@stepseal/core/semconv';
import { type Story, storiesOf } from '../story/collect-stories.ts';
import { type ToldRecord, text } from '../story/told-record.ts';
import type { Filter } from './condition.ts';
import type { FoundLine } from './found-line.ts';
import { type LineTerm, meets, type TimeWindow } from './scan-segment.ts';

export type LineFilter = Pick<Filter, 'line' | 'absent'>;

/** Step-ups, and of each the time of its latest record that met a filter. */
export interface Gathered {
  readonly stories: readonly Story[];
  readonly metMs: ReadonlyMap<string, number>;
}

/** The step-ups that these lines are of. What does not meet the filters by its bytes is left out, however it was found. */
export function gather(
  lines: Iterable<FoundLine>,
  filters: readonly LineFilter[],
  window: TimeWindow | undefined,
): Gathered {
  const met = new Map<string, boolean[]>();
  const metMs = new Map<string, number>();
  const records: ToldRecord[] = [];
  for (const { bytes, record } of lines) {
    const id = text(record, ATTR_STEP_UP_ID);
    if (id === undefined) continue;
    const marks = met.get(id) ?? filters.map(() => false);
    met.set(id, marks);
    for (const [at, { line }] of filters.entries()) {
      if (!meetsInWindow(bytes, record, line, window)) continue;
      marks[at] = true;
      metMs.set(id, Math.max(metMs.get(id) ?? 0, record.timeMs));
    }
    records.push(record);
  }
  const stories = storiesOf(records).filter(({ id }) =>
    filters.every(({ absent }, at) => met.get(id)?.[at] !== absent),
  );
  return { stories, metMs };
}

/** Whether a record meets a condition by the bytes of its payload, at a time that is asked for. */
export function meetsInWindow(
  bytes: Buffer,
  { timeMs }: ToldRecord,
  term: LineTerm,
  window: TimeWindow | undefined,
): boolean {
  const outside = window !== undefined && (timeMs < window.sinceMs || timeMs >= window.untilMs);
  return !(outside && term.inWindow) && meets(bytes, 0, bytes.length, term);
}
