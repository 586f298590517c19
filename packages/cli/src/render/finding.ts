// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding } from '@stepseal/verifier';
import { type Line, type Style, styled } from './line.ts';
import { columns } from './table.ts';

const STYLES: Readonly<Record<Finding['severity'], Style>> = {
  tampered: 'bad',
  cannot_verify: 'doubtful',
  incomplete: 'doubtful',
  info: 'dim',
};

// A file of noise can make as many findings as it has lines; the JSON output lists all.
const MOST = 50;

/** Each finding with its evidence and the way to see it for oneself. */
export function findingLines(findings: readonly Finding[]): Line[] {
  if (findings.length === 0) return ['findings  none', ''];
  const lines: Line[] = [`findings  ${findings.length}`, ''];
  for (const finding of findings.slice(0, MOST)) lines.push(...one(finding));
  if (findings.length > MOST) lines.push(`  and ${findings.length - MOST} more: --json lists all`, '');
  return lines;
}

/** `stream 0192…, records 4 to 6`, or what of it is known. */
export function place({ stream, from, to }: Finding): string {
  const records =
    from === undefined ? undefined : to === undefined || to === from ? `record ${from}` : `records ${from} to ${to}`;
  return [records, stream === undefined ? undefined : `stream ${stream}`]
    .filter((part) => part !== undefined)
    .join(' of ');
}

function one(finding: Finding): Line[] {
  const where = place(finding);
  const rows = [
    ...(where === '' ? [] : [['where', where]]),
    ...(finding.field === undefined ? [] : [['field', finding.field]]),
    ['evidence', finding.evidence],
    ...(finding.source === undefined
      ? []
      : [['source', `${finding.source}${finding.offset === undefined ? '' : `, byte ${finding.offset}`}`]]),
    ['reproduce', finding.reproduce],
  ];
  return [
    ['  ', styled(STYLES[finding.severity], finding.code), `  ${finding.severity}`],
    ...columns(rows.map(([name = '', value = '']) => [`    ${name}`, value])),
    '',
  ];
}
