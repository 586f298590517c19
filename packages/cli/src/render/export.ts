// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Exported, identitiesOf } from '../export/make-export.ts';
import { partFlags } from '../export/readme-text.ts';
import { byteSize } from './bytes.ts';
import { type Line, styled } from './line.ts';
import { columns } from './table.ts';
import { dateTime, isoTime } from './time.ts';

type Identities = ReturnType<typeof identitiesOf>;

export function exportLines(exported: Exported, identities: Identities, place: string): Line[] {
  const { report, sinceMs, untilMs, streams, ofStreams, bytes } = exported;
  const worst = report.findings.find(({ severity }) => severity !== 'info');
  const style = report.grade === 'SEALED' ? 'good' : report.grade === 'TAMPERED' ? 'bad' : 'doubtful';
  return [
    `Exported ${streams} of ${ofStreams} stream(s), ${report.records} records under trusted notes, ${byteSize(bytes)}, to ${place}.`,
    '',
    ...columns([
      ['from   ', sinceMs === undefined ? 'the first record' : dateTime(sinceMs)],
      ['to', dateTime(untilMs)],
    ]),
    [`verdict  `, styled(style, report.grade), worst === undefined ? '' : `  ${worst.code}: ${worst.evidence}`],
    '',
    'Signed by these identities. They are not in the export as something to trust: hand the vkey to the auditor by',
    'another way, and let the fingerprint be compared by a third.',
    ...columns(
      identities.flatMap(({ deployment, fingerprint, vkey }) => [
        [`  ${deployment}`, 'fingerprint', fingerprint],
        ['', 'vkey', vkey],
      ]),
    ),
    '',
    'What the auditor runs there (it stands in README.txt):',
    `  stepseal verify . --trust ../stepseal.trust.json ${partFlags(sinceMs, untilMs)}`,
  ];
}

/** The export as documented JSON (docs/commands/export.md). */
export function exportJson(exported: Exported, identities: Identities, to: string): unknown {
  const { report, sinceMs, untilMs, streams, ofStreams, bytes } = exported;
  return {
    version: 1,
    to,
    grade: report.grade,
    exitCode: report.exitCode,
    since: isoTime(sinceMs),
    until: isoTime(untilMs),
    streams,
    ofStreams,
    records: report.records,
    bytes,
    identities,
    verify: `stepseal verify . --trust ../stepseal.trust.json ${partFlags(sinceMs, untilMs)}`,
  };
}
