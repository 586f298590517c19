// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * The name a mistyped one most likely stands for: the nearest by Damerau-Levenshtein distance (a swap of neighbours
 * counts one), letter case and separators aside, or undefined when none is within a third of its length.
 */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  // Settings have short names: a long one is no typing mistake, and its distance is not worth the time.
  if (typed.length > 64) return undefined;
  const wanted = fold(typed);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(wanted, fold(name));
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest !== undefined && least <= Math.max(1, Math.floor(fold(nearest).length / 3)) ? nearest : undefined;
}

/** ` Did you mean NAME?`, or nothing. */
export function didYouMean(typed: string, names: Iterable<string>): string {
  const name = nearestName(typed, names);
  return name === undefined ? '' : ` Did you mean ${name}?`;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}

// Optimal string alignment over three rolling rows.
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min(substitution, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
