// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Recipe } from './recipes.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The table that the answer to a search holds: the rows and columns that the ES|QL query gives. */
export function rowsOf({ rows, columns }: Recipe, answer: unknown): Row[] {
  let elements: unknown[][] = [[answer]];
  for (const pointer of rows) {
    elements = elements.flatMap((path) => {
      const list = at(path.at(-1), pointer);
      if (!Array.isArray(list)) throw new Error(`no list at ${pointer}`);
      return list.map((element: unknown) => [...path, element]);
    });
  }
  return elements.map((path) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, place]) => {
        const slash = place.indexOf('/');
        return [name, at(path[Number(place.slice(0, slash)) + 1], place.slice(slash))];
      }),
    ),
  );
}

/** What is at a JSON pointer. Of `*`, as a column of ES|QL has it: nothing is null, one value itself, more are a list. */
function at(value: unknown, pointer: string): unknown {
  let found: unknown = value;
  const steps = pointer.slice(1).split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '*') {
      const rest = steps.slice(index + 1);
      const list = ((found ?? []) as unknown[]).map((element) =>
        rest.length === 0 ? element : at(element, `/${rest.join('/')}`),
      );
      return list.length > 1 ? list.sort() : (list[0] ?? null);
    }
    found = (found as Record<string, unknown> | null | undefined)?.[step];
  }
  return found ?? null;
}
