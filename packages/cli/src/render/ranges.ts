// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Numbers as people write them: `2 to 5, 8`. */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  const sorted = [...numbers].sort((a, b) => a - b);
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end + 1 < sorted.length && (sorted[end + 1] ?? 0) - (sorted[end] ?? 0) <= 1) end++;
    parts.push(sorted[start] === sorted[end] ? `${sorted[start]}` : `${sorted[start]} to ${sorted[end]}`);
    start = end + 1;
  }
  return parts.join(', ');
}
