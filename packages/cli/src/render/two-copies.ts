// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ComparedCopies, OneSided } from '../reconcile/two-copies.ts';
import { counted } from './counted.ts';
import type { Line } from './line.ts';
import { columns } from './table.ts';

/** Streams shown of each kind; --json has all. */
const MOST_STREAMS = 20;

/** What stands under a verdict on segments and index together. */
export function copiesLines(copies: ComparedCopies): Line[] {
  const { streams, records, onlySegments, onTheWay, onlyIndex } = copies;
  const parts = [
    ...part('only in the segments: missing in Elasticsearch, `stepseal reconcile` sends them again', onlySegments),
    ...part('only in the segments, and young: they may still come', onTheWay),
    ...part('only in Elasticsearch: deleted here by retention, or never here', onlyIndex),
  ];
  const both = `The two copies: ${counted(streams, 'stream')} with ${counted(records, 'record')} in the segments.`;
  return ['', parts.length === 0 ? `${both} Each has what the other has.` : both, ...parts];
}

function part(what: string, found: readonly OneSided[]): Line[] {
  if (found.length === 0) return [];
  const total = found.reduce((sum, { records }) => sum + records, 0);
  const rows = found.slice(0, MOST_STREAMS).map(({ stream, records, numbers }) => {
    return [`  ${stream}`, counted(records, 'record'), ranges(numbers, records)];
  });
  const more = found.length > MOST_STREAMS ? [`  and ${found.length - MOST_STREAMS} streams more`] : [];
  return ['', `${counted(total, 'record')} ${what}`, ...columns(rows), ...more];
}

/** Numbers as they follow each other: `3, 7 to 9`. */
function ranges(numbers: readonly number[], records: number): string {
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? first;
  // Only first and last are known, or all in between are meant.
  if (last - first + 1 === records) return first === last ? String(first) : `${first} to ${last}`;
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const span = spans.at(-1);
    if (span !== undefined && number === span[1] + 1) span[1] = number;
    else spans.push([number, number]);
  }
  const texts = spans.slice(0, 8).map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  return `${texts.join(', ')}${spans.length > 8 ? ', …' : ''}`;
}

export function copiesJson({ streams, records, onlySegments, onTheWay, onlyIndex }: ComparedCopies): unknown {
  return { streams, records, onlySegments, onTheWay, onlyIndex };
}
