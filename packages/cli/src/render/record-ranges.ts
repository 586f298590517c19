// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Record numbers as people write them: `record 2`, `records 2 to 5, 8`. */
export function recordRanges(numbers: readonly number[]): string {
  const parts: string[] = [];
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end + 1 < sorted.length && (sorted[end + 1] ?? 0) - (sorted[end] ?? 0) <= 1) end++;
    parts.push(sorted[start] === sorted[end] ? `${sorted[start]}` : `${sorted[start]} to ${sorted[end]}`);
    start = end + 1;
  }
  return `${sorted.length === 1 ? 'record' : 'records'} ${parts.join(', ')}`;
}
